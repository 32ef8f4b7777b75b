import { CallBatcher, sqlStateOf } from '@attune/common';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { readGrants, type StoredGrant } from './grants.js';
import { findIdentityRights, type IdentityRights } from './sql/find-identity-rights.sql.js';

/** An identity and what it may do. Requests of the same moment share it. */
export interface IdentityWithGrants extends Pick<IdentityRights, 'frozen' | 'attributes'> {
  readonly grants: readonly StoredGrant[];
}

/** Requests that share one statement at most. */
const GROUP = 500;

/**
 * Reads what identities may do. Nothing is remembered: every answer comes from a statement that began after it was asked for, so a
 * change counts at once. Who asks while such a statement is under way shares the next one.
 */
@Injectable()
export class IdentityRightsReader {
  private readonly lookups: CallBatcher<number, IdentityWithGrants | null>;

  constructor(@Inject(DataSource) dataSource: DataSource) {
    this.lookups = new CallBatcher({
      maxItems: GROUP,
      // An id that is no bigint, or a set whose grants are no list.
      isAboutItem: (error) => sqlStateOf(error)?.startsWith('22') === true,
      run: (ids) => readRights(dataSource, ids),
    });
  }

  /** Null: there is no such identity. */
  find(id: number): Promise<IdentityWithGrants | null> {
    return this.lookups.add(id);
  }
}

async function readRights(dataSource: DataSource, ids: readonly number[]): Promise<(IdentityWithGrants | null)[]> {
  const stored = await findIdentityRights(dataSource, [...new Set(ids)]);
  const read = new Map([...stored].map(([id, rights]) => [id, { ...rights, grants: readGrants(rights.grants) }]));
  return ids.map((id) => read.get(id) ?? null);
}
