import { Module } from '@nestjs/common';
import { IndexReader } from './index-reader.service.js';
import { PackIndexController } from './pack-index.controller.js';
import { PackIndicesService } from './pack-indices.service.js';

@Module({ controllers: [PackIndexController], providers: [IndexReader, PackIndicesService], exports: [IndexReader] })
export class PackIndicesModule {}
