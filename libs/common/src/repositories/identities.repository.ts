import { type EntityManager } from 'typeorm';
import { type Database } from '../database/run.js';
import { IdentityEntity } from '../entities/identity.entity.js';
import { listCounted } from './list-counted.js';
import { type CountedPage, type PageRequest } from './page.js';

/** The platform itself: it executes what nobody else is responsible for, and cannot log in. */
export const SYSTEM_IDENTITY_ID = 1;

export const findIdentity = (db: Database, id: number): Promise<IdentityEntity | null> =>
  db.getRepository(IdentityEntity).findOneBy({ id });

/** The same, locked until the transaction ends: meanwhile it is given nothing, nor taken away. */
export const findIdentityForUpdate = (db: EntityManager, id: number): Promise<IdentityEntity | null> =>
  db.findOne(IdentityEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });

export const findIdentityByLogin = (db: Database, login: string): Promise<IdentityEntity | null> =>
  db.getRepository(IdentityEntity).findOneBy({ login });

/** Identities by login. */
export const listIdentities = (db: Database, page: PageRequest): Promise<CountedPage<IdentityEntity>> =>
  listCounted(db, { entity: IdentityEntity, alias: 'i', orderBy: 'login' }, page);
