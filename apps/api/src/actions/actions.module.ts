import { Module } from '@nestjs/common';
import { ActionController } from './action.controller.js';
import { ReadActionsService } from './read-actions.service.js';
import { WriteActionsService } from './write-actions.service.js';

@Module({ controllers: [ActionController], providers: [ReadActionsService, WriteActionsService] })
export class ActionsModule {}
