import { Module } from '@nestjs/common';
import { ReadSensorsService } from './read-sensors.service.js';
import { SensorController } from './sensor.controller.js';
import { WriteSensorsService } from './write-sensors.service.js';

@Module({ controllers: [SensorController], providers: [ReadSensorsService, WriteSensorsService] })
export class SensorsModule {}
