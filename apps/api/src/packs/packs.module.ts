import { Module } from '@nestjs/common';
import { PackController } from './pack.controller.js';
import { ReadPacksService } from './read-packs.service.js';
import { WritePacksService } from './write-packs.service.js';

@Module({ controllers: [PackController], providers: [ReadPacksService, WritePacksService] })
export class PacksModule {}
