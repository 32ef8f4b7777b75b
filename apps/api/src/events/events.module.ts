import { Module } from '@nestjs/common';
import { CreateEventService } from './create-event.service.js';
import { EventController } from './event.controller.js';

@Module({ controllers: [EventController], providers: [CreateEventService] })
export class EventsModule {}
