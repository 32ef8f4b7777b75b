import { Module } from '@nestjs/common';
import { ReadRulesService } from './read-rules.service.js';
import { RuleController } from './rule.controller.js';
import { WriteRulesService } from './write-rules.service.js';

@Module({ controllers: [RuleController], providers: [ReadRulesService, WriteRulesService] })
export class RulesModule {}
