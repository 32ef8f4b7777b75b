import { Module } from '@nestjs/common';
import { RuntimeController } from './runtime.controller.js';
import { WriteRuntimesService } from './write-runtimes.service.js';

@Module({ controllers: [RuntimeController], providers: [WriteRuntimesService] })
export class RuntimesModule {}
