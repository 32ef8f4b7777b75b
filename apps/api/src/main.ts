import 'reflect-metadata';
import { runService } from '@attune/common';
import { startApi } from './start-api.js';

await runService({ name: 'api', start: startApi });
