import { type Database, DomainError, listPermissionSets } from '@attune/common';
import { isJsonObject, type JsonObject } from '@attune/engine';
import { type Caller } from '../access/caller.js';
import { mayManagePermissions } from '../access/may-manage-permissions.js';

/**
 * Attributes that a grant asks for give rights to who has them: only who may give rights may change those.
 * @throws DomainError permission.forbidden
 */
export async function requireHarmlessAttributes(
  db: Database,
  caller: Caller,
  before: JsonObject,
  after: JsonObject,
): Promise<void> {
  if (mayManagePermissions(caller)) return;
  const sets = await listPermissionSets(db);
  const decisive = sets.flatMap(({ grants }) => grants.flatMap(attributesAskedFor));
  const changed = decisive.find((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  if (changed === undefined) return;
  throw new DomainError(
    'permission.forbidden',
    `Permissions depend on the attribute ${changed}, so changing it needs the permission permissions:manage`,
  );
}

function attributesAskedFor({ constraints }: JsonObject): string[] {
  const attributes = isJsonObject(constraints) ? constraints['attributes'] : undefined;
  return isJsonObject(attributes) ? Object.keys(attributes) : [];
}
