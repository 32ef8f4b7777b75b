import {
  type CountedPage,
  type Database,
  findIdentity,
  type IdentityEntity,
  IdentityRoleAssignmentEntity,
  listIdentities,
  type PageRequest,
} from '@attune/common';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { found } from '../domain/found.js';
import { listAssignments } from '../permissions/sql/list-assignments.sql.js';
import { type IdentityWithRights } from './show-identity.js';

/** Shows identities. They have nothing a grant could name: the permission was checked before. */
@Injectable()
export class ReadIdentitiesService {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** One page by login, with the names of the roles of each. */
  async list(page: PageRequest): Promise<CountedPage<{ identity: IdentityEntity; roles: string[] }>> {
    const { rows, total } = await listIdentities(this.dataSource, page);
    const roles = Map.groupBy(await rolesOf(this.dataSource, rows), ({ identity_id: id }) => id);
    return {
      rows: rows.map((identity) => ({ identity, roles: (roles.get(identity.id) ?? []).map(({ role }) => role) })),
      total,
    };
  }

  async get(id: number): Promise<IdentityWithRights> {
    return withRights(this.dataSource, found('identity', id, await findIdentity(this.dataSource, id)));
  }
}

/** Adds what an identity was given. */
export async function withRights(db: Database, identity: IdentityEntity): Promise<IdentityWithRights> {
  return {
    identity,
    roles: await rolesOf(db, [identity]),
    assignments: await listAssignments(db, identity.id),
  };
}

function rolesOf(db: Database, identities: readonly IdentityEntity[]): Promise<IdentityRoleAssignmentEntity[]> {
  const where = { identity_id: In(identities.map(({ id }) => id)) };
  return db.getRepository(IdentityRoleAssignmentEntity).find({ where, order: { role: 'ASC' } });
}
