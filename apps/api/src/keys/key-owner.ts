import { ActionEntity, type Database, DomainError, type KeyOwner, PackEntity, SensorEntity } from '@attune/common';
import { type CreateKeyRequest } from '@attune/contract';
import { type EntityTarget, type FindOptionsWhere } from 'typeorm';

/** Fields that may say whose a key is, by the type of the owner. */
const FIELDS = {
  system: [],
  identity: ['owner_identity'],
  pack: ['owner_pack', 'owner_pack_ref'],
  action: ['owner_action', 'owner_action_ref'],
  sensor: ['owner_sensor', 'owner_sensor_ref'],
} as const;

const NOBODY: Omit<KeyOwner, 'owner_type'> = {
  owner_identity: null,
  owner_pack: null,
  owner_pack_ref: null,
  owner_action: null,
  owner_action_ref: null,
  owner_sensor: null,
  owner_sensor_ref: null,
};

/**
 * Whom a new key belongs to; an id and a ref must mean the same. What is sent as `owner` is not looked at: it follows.
 * @throws DomainError key.bad_request for no owner or the wrong kind of one, request.unprocessable for one that does not exist
 */
export async function resolveKeyOwner(db: Database, body: CreateKeyRequest): Promise<KeyOwner> {
  const { owner_type } = body;
  requireOwnFields(body);
  switch (owner_type) {
    case 'system':
      return { ...NOBODY, owner_type };
    case 'identity':
      return { ...NOBODY, owner_type, owner_identity: body.owner_identity ?? null };
    case 'pack': {
      const { id, ref } = await find(db, PackEntity, { id: body.owner_pack, ref: body.owner_pack_ref });
      return { ...NOBODY, owner_type, owner_pack: id, owner_pack_ref: ref };
    }
    case 'action': {
      const { id, ref } = await find(db, ActionEntity, { id: body.owner_action, ref: body.owner_action_ref });
      return { ...NOBODY, owner_type, owner_action: id, owner_action_ref: ref };
    }
    case 'sensor': {
      const { id, ref } = await find(db, SensorEntity, { id: body.owner_sensor, ref: body.owner_sensor_ref });
      return { ...NOBODY, owner_type, owner_sensor: id, owner_sensor_ref: ref };
    }
  }
}

function requireOwnFields(body: CreateKeyRequest): void {
  const own: readonly string[] = FIELDS[body.owner_type];
  const given = Object.values(FIELDS)
    .flat()
    .filter((field) => body[field] !== undefined);
  const foreign = given.find((field) => !own.includes(field));
  if (foreign !== undefined) {
    throw new DomainError('key.bad_request', `A key of the owner type ${body.owner_type} takes no ${foreign}`);
  }
  if (own.length > 0 && given.length === 0) {
    throw new DomainError('key.bad_request', `A key of the owner type ${body.owner_type} needs ${own.join(' or ')}`);
  }
}

interface Named {
  readonly id: number;
  readonly ref: string;
}

async function find<T extends Named>(
  db: Database,
  entity: EntityTarget<T>,
  { id, ref }: { readonly id: number | undefined; readonly ref: string | undefined },
): Promise<Named> {
  const where = { ...(id !== undefined && { id }), ...(ref !== undefined && { ref }) };
  // A cast because the checker cannot see that `id` and `ref` of a generic T are what `Named` says.
  const owner = await db.getRepository(entity).findOneBy(where as FindOptionsWhere<T>);
  if (owner) return owner;
  throw new DomainError('request.unprocessable', `The owner of the key does not exist: ${JSON.stringify(where)}`);
}
