import { Module } from '@nestjs/common';
import { KeyAccess } from './key-access.service.js';
import { KeyValues } from './key-values.service.js';
import { KeyController } from './key.controller.js';
import { ReadKeysService } from './read-keys.service.js';
import { WriteKeysService } from './write-keys.service.js';

@Module({
  controllers: [KeyController],
  providers: [KeyAccess, KeyValues, ReadKeysService, WriteKeysService],
})
export class KeysModule {}
