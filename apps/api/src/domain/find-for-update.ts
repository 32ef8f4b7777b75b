import { type EntityManager, type EntityTarget, type FindOptionsWhere } from 'typeorm';

/**
 * The row with a ref, locked until the transaction ends: a partial update writes back what it read, so two at the same
 * moment would undo each other, and two deletions would both be announced. Rows may still be made that refer to it.
 */
export const findForUpdate = <T extends { ref: string }>(
  db: EntityManager,
  entity: EntityTarget<T>,
  ref: string,
): Promise<T | null> =>
  // A cast because the checker cannot see that `ref` of a generic T is a text.
  db.findOne(entity, { where: { ref } as FindOptionsWhere<T>, lock: { mode: 'for_no_key_update' } });
