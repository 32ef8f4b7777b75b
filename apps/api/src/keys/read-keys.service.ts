import { type CountedPage, findKey, type KeyEntity, type KeyFilter, listKeys, type PageRequest } from '@attune/common';
import { operations } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { KeyAccess } from './key-access.service.js';
import { keyEvent } from './key-event.js';
import { KeyValues } from './key-values.service.js';
import { KEY_COLUMNS, type ReadableKey } from './show-key.js';

/** Shows keys. Whatever value is shown stands in the audit log before it is. */
@Injectable()
export class ReadKeysService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(KeyAccess) private readonly keys: KeyAccess,
    @Inject(KeyValues) private readonly values: KeyValues,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  async list(caller: Caller, filter: KeyFilter, page: PageRequest): Promise<CountedPage<KeyEntity>> {
    const visible = this.access.visible(caller, operations.listKeys, KEY_COLUMNS);
    return listKeys(this.dataSource, { ...filter, visible }, page);
  }

  async get(caller: Caller, ref: string): Promise<ReadableKey> {
    const key = this.keys.requireReadable(caller, ref, await findKey(this.dataSource, ref));
    const isShown = this.keys.maySee(caller, key);
    const value = isShown ? this.values.open(key) : null;
    const isDecrypted = key.encrypted && isShown;
    await this.audit.recordNow(caller, keyEvent(isDecrypted ? 'secret.key.decrypted' : 'secret.key.read', key));
    return { key, value };
  }
}
