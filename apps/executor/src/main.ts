import 'reflect-metadata';
import { databaseCapabilities, NestLogger, type Platform, runService, type StartedService } from '@attune/common';
import { type NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExecutorModule } from './executor.module.js';

async function start(platform: Platform): Promise<StartedService> {
  // A failed start is reported by runService; the framework would abort the process before that.
  const options: NestApplicationOptions = { logger: new NestLogger(platform.logger), abortOnError: false };
  const app = await NestFactory.createApplicationContext(ExecutorModule.forRoot(platform), options);
  const { kind, description } = await databaseCapabilities(platform.dataSource);
  return { app, facts: { database: kind, databaseDescription: description } };
}

await runService({ name: 'executor', start });
