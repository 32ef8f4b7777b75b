import { deleteKey, findKey, findKeyForUpdate, insertKey, type KeyEntity, updateKey } from '@attune/common';
import { type CreateKeyRequest, operations, type UpdateKeyRequest } from '@attune/contract';
import { type Json } from '@attune/engine';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Caller } from '../access/caller.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { found } from '../domain/found.js';
import { KeyAccess } from './key-access.service.js';
import { keyEvent } from './key-event.js';
import { resolveKeyOwner } from './key-owner.js';
import { KeyValues } from './key-values.service.js';
import { keyTarget, type ReadableKey } from './show-key.js';

/** Stores, changes and deletes keys. */
@Injectable()
export class WriteKeysService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(KeyAccess) private readonly access: KeyAccess,
    @Inject(KeyValues) private readonly values: KeyValues,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  async create(caller: Caller, body: CreateKeyRequest): Promise<ReadableKey> {
    this.access.requireSome(caller, operations.createKey);
    const { ref, name, encrypted, value } = body;
    return this.dataSource.transaction(async (db) => {
      const owner = await resolveKeyOwner(db, body);
      this.access.require(caller, operations.createKey, keyTarget({ ...owner, ref, encrypted }));
      await insertKey(db, { ref, name }, owner, this.values.stored(value, encrypted));
      const key = found('key', ref, await findKey(db, ref));
      await this.audit.record(db, caller, keyEvent('secret.key.created', key));
      return { key, value: this.access.maySee(caller, key) ? value : null };
    });
  }

  async update(caller: Caller, ref: string, body: UpdateKeyRequest): Promise<ReadableKey> {
    return this.dataSource.transaction(async (db) => {
      const stored = await findKeyForUpdate(db, ref);
      const key = this.access.requireChangeable(caller, operations.updateKey, ref, stored);
      const { name = key.name, encrypted = key.encrypted } = body;
      this.access.require(caller, operations.updateKey, { ...keyTarget(key), encrypted });
      // Without a new value what is stored comes out of its cover.
      if (key.encrypted && !encrypted && body.value === undefined) this.access.requireDecrypt(caller, key);
      await updateKey(db, key.id, name, this.newValue(key, encrypted, body.value));
      const changed = Object.keys(body).filter((field) => body[field as keyof UpdateKeyRequest] !== undefined);
      const updated = found('key', ref, await findKey(db, ref));
      await this.audit.record(db, caller, keyEvent('secret.key.updated', updated, { changed }));
      return this.readable(db, caller, updated, body.value);
    });
  }

  async delete(caller: Caller, ref: string): Promise<void> {
    await this.dataSource.transaction(async (db) => {
      const stored = await findKeyForUpdate(db, ref);
      const key = this.access.requireChangeable(caller, operations.deleteKey, ref, stored);
      await deleteKey(db, key.id);
      await this.audit.record(db, caller, keyEvent('secret.key.deleted', key));
    });
  }

  /** What is stored changes with the flag: a value is never taken for encrypted that is not, nor the other way round. */
  private newValue(key: KeyEntity, encrypted: boolean, given: Json | undefined) {
    if (given !== undefined) return this.values.stored(given, encrypted);
    if (encrypted !== key.encrypted) return this.values.stored(this.values.open(key), encrypted);
    return { encryption_key_hash: key.encryption_key_hash, value: key.value as Json }; // what is stored is JSON
  }

  /** A value that the caller has just sent is no news to them; any other one is told of. */
  private async readable(
    db: EntityManager,
    caller: Caller,
    key: KeyEntity,
    given: Json | undefined,
  ): Promise<ReadableKey> {
    const isShown = this.access.maySee(caller, key) && (given !== undefined || this.access.mayRead(caller, key));
    if (!isShown) return { key, value: null };
    if (given !== undefined) return { key, value: given };
    if (key.encrypted) await this.audit.record(db, caller, keyEvent('secret.key.decrypted', key));
    return { key, value: this.values.open(key) };
  }
}
