import { NestLogger, type Platform } from '@attune/common';
import { type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExecutorModule } from './executor.module.js';

/** Builds and starts the executor; it works when this resolves. `close()` drains and stops it. */
export function createExecutor(platform: Platform): Promise<INestApplicationContext> {
  // A failed start is reported by runService; the framework would abort the process before that.
  const options = { logger: new NestLogger(platform.logger), abortOnError: false };
  // The class of the options is not exported by the framework: nobody can make an instance.
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment
  return NestFactory.createApplicationContext(ExecutorModule.forRoot(platform), options);
}
