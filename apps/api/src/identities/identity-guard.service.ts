import {
  DomainError,
  findIdentityForUpdate,
  type IdentityEntity,
  listGrants,
  SYSTEM_IDENTITY_ID,
} from '@attune/common';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Caller } from '../access/caller.js';
import { readGrants } from '../access/grants.js';
import { mayManagePermissions } from '../access/may-manage-permissions.js';
import { found } from '../domain/found.js';
import { isCovered } from '../access/grant-coverage.js';
import { hasManager, lockManagers } from './sql/managers.sql.js';

/** Keeps people from taking over more rights than they have, and from leaving nobody who can give any. */
@Injectable()
export class IdentityGuard {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /**
   * Runs a change that may take the power over permissions from somebody.
   * @throws DomainError permission.conflict when nobody would be left who has it
   */
  keepingManager<T>(change: (db: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (db) => {
      await lockManagers(db);
      const hadManager = await hasManager(db);
      const result = await change(db);
      if (hadManager && !(await hasManager(db))) {
        throw new DomainError(
          'permission.conflict',
          'Nobody would be left who can log in and holds permissions:manage without constraints',
        );
      }
      return result;
    });
  }

  /**
   * An identity that the caller wants to change, locked until the transaction ends. Who can act as an identity has its rights,
   * so this takes a caller who holds all of them already, or who may give them.
   * @throws DomainError identity.not_found, permission.forbidden; identity.conflict for the platform's own identity
   */
  async requireChangeable(db: EntityManager, caller: Caller, id: number): Promise<IdentityEntity> {
    const identity = found('identity', id, await findIdentityForUpdate(db, id));
    if (id === SYSTEM_IDENTITY_ID) {
      throw new DomainError('identity.conflict', 'This identity is the platform itself and stays as it is');
    }
    if (mayManagePermissions(caller)) return identity;
    const held = readGrants(await listGrants(db, id));
    if (held.every((grant) => isCovered(caller.facts.grants, grant, caller.facts))) return identity;
    throw new DomainError(
      'permission.forbidden',
      'This identity has rights you do not have, so changing it needs the permission permissions:manage',
    );
  }
}
