import { Module } from '@nestjs/common';
import { ExecutionsModule } from '../executions/executions.module.js';
import { EnforcementController } from './enforcement.controller.js';

@Module({ imports: [ExecutionsModule], controllers: [EnforcementController] })
export class EnforcementsModule {}
