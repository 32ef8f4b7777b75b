import 'reflect-metadata';
import { databaseCapabilities, runService } from '@attune/common';
import { createExecutor } from './create-executor.js';

await runService({
  name: 'executor',
  start: async (platform) => {
    const app = await createExecutor(platform);
    const { kind, description } = await databaseCapabilities(platform.dataSource);
    return { app, facts: { database: kind, databaseDescription: description } };
  },
});
