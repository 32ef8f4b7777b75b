import { DomainError, readRetentionSettings, type RetentionSettings, storeRetentionSettings } from '@attune/common';
import { operations, type RetentionConfig } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { readSettings } from './read-settings.js';

/** How long things are kept. Changing it changes the policies of the database at once. */
@Injectable()
export class RetentionService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  get(caller: Caller): Promise<RetentionSettings> {
    this.access.require(caller, operations.getRetentionConfig, {});
    return readRetentionSettings(this.dataSource);
  }

  async replace(caller: Caller, given: RetentionConfig): Promise<RetentionSettings> {
    this.access.require(caller, operations.updateRetentionConfig, {});
    const settings = readSettings(given);
    return this.dataSource.transaction(async (db) => {
      const before = await readRetentionSettings(db);
      await storeRetentionSettings(db, settings, caller.identityId).catch(asBadRequest);
      await this.audit.record(db, caller, {
        type: 'maintenance.retention.config_updated',
        details: { fields: changedFields(before, settings) },
      });
      return readRetentionSettings(db);
    });
  }
}

/** A table that would be kept for too short a time is a mistake of the request. */
function asBadRequest(error: unknown): never {
  if (!(error instanceof DomainError) || error.problem !== 'invalid') throw error;
  throw new DomainError('retention.bad_request', error.message, {}, { cause: error });
}

function changedFields(before: RetentionSettings, after: RetentionSettings): string[] {
  const { targets: targetsBefore, ...plainBefore } = before;
  const { targets: targetsAfter, ...plainAfter } = after;
  return [...different(plainBefore, plainAfter), ...different(targetsBefore, targetsAfter)];
}

const different = <T extends object>(before: T, after: T): string[] =>
  (Object.keys(after) as (keyof T & string)[]).filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
