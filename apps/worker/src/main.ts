import 'reflect-metadata';
import { NestLogger, runService } from '@attune/common';
import { NestFactory } from '@nestjs/core';
import { KILL_GRACE_MS } from './worker.js';
import { WorkerModule } from './worker.module.js';
import { WorkerService } from './worker.service.js';

/** For the last results to be written after the last process was killed. */
const WRITE_MARGIN_MS = 5_000;

await runService({
  name: 'worker',
  stopDeadlineMs: ({ worker }) => worker.shutdownTimeoutSeconds * 1000 + KILL_GRACE_MS + WRITE_MARGIN_MS,
  start: async (platform) => {
    const options = { logger: new NestLogger(platform.logger), abortOnError: false };
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest takes plain options; the class is for its own documentation
    const app = await NestFactory.createApplicationContext(WorkerModule.forRoot(platform), options);
    return { app, facts: app.get(WorkerService).facts };
  },
});
