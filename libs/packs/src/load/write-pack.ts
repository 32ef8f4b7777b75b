import { type EntityManager } from 'typeorm';
import { type ParsedPack } from '../format/parse-pack.js';
import { type CheckedPack } from './check-references.js';
import {
  deleteUndeclared,
  deleteUndeclaredRules,
  type DeletedRule,
  type RemovableType,
} from './sql/delete-undeclared.sql.js';
import { reattach } from './sql/reattach.sql.js';
import {
  deleteOtherRuntimeVersions,
  unmarkDefaultVersions,
  upsertRuntimeVersions,
} from './sql/replace-runtime-versions.sql.js';
import { upsertActions } from './sql/upsert-actions.sql.js';
import { upsertPermissionSets } from './sql/upsert-permission-sets.sql.js';
import { upsertPolicies } from './sql/upsert-policies.sql.js';
import { upsertRules, type WrittenRule } from './sql/upsert-rules.sql.js';
import { upsertRuntimes } from './sql/upsert-runtimes.sql.js';
import { upsertTriggers } from './sql/upsert-triggers.sql.js';
import { type PackKey, type Written } from './written.js';

/** Refs of the rows of one type a load touched. */
export interface ComponentChanges {
  /** New or changed. */
  readonly written: readonly string[];
  readonly removed: readonly string[];
}

export type PackChanges = Readonly<Record<RemovableType | 'rule', ComponentChanges>>;

export interface WrittenPack {
  readonly changes: PackChanges;
  readonly writtenRules: readonly WrittenRule[];
  readonly removedRules: readonly DeletedRule[];
}

/**
 * Makes the rows of a pack what its files say: first everything that is there, in the order in which one names the
 * other, then what is there no more, in the opposite order.
 */
export async function writePack(
  db: EntityManager,
  key: PackKey,
  pack: ParsedPack,
  { actions, rules }: CheckedPack,
): Promise<WrittenPack> {
  const permissionSets = await upsertPermissionSets(db, key, specsOf(pack.permissionSets));
  const runtimes = await writeRuntimes(db, key, pack);
  const triggers = await upsertTriggers(db, key, specsOf(pack.triggers));
  const writtenActions = await upsertActions(db, key, actions);
  const writtenRules = await upsertRules(db, key, rules);
  const policies = await upsertPolicies(db, key, specsOf(pack.policies));
  await reattach(db, key.id);

  const declared = (type: RemovableType | 'rule'): string[] => [...(pack.declared.get(type) ?? [])];
  const remove = async (type: RemovableType): Promise<string[]> =>
    refsOf(await deleteUndeclared(db, type, key, declared(type)));
  const removedPolicies = await remove('policy');
  const removedRules = await deleteUndeclaredRules(db, key, declared('rule'));
  const removedActions = await remove('action');
  const removedTriggers = await remove('trigger');
  const removedRuntimes = await remove('runtime');
  const removedSets = await remove('permission_set');
  return {
    changes: {
      permission_set: { written: refsOf(permissionSets), removed: removedSets },
      runtime: { written: runtimes, removed: removedRuntimes },
      trigger: { written: refsOf(triggers), removed: removedTriggers },
      action: { written: refsOf(writtenActions), removed: removedActions },
      rule: { written: refsOf(writtenRules), removed: refsOf(removedRules) },
      policy: { written: refsOf(policies), removed: removedPolicies },
    },
    writtenRules,
    removedRules,
  };
}

/** A runtime counts as changed when one of its versions did. */
async function writeRuntimes(db: EntityManager, key: PackKey, pack: ParsedPack): Promise<string[]> {
  const runtimes = specsOf(pack.runtimes);
  const written = await upsertRuntimes(db, key, runtimes);
  const versions = runtimes.flatMap(({ ref, versions: own }) => own.map((one) => ({ ...one, runtime_ref: ref })));
  const removed = await deleteOtherRuntimeVersions(
    db,
    runtimes.map(({ ref }) => ref),
    versions,
  );
  await unmarkDefaultVersions(db, versions);
  const changed = await upsertRuntimeVersions(db, versions);
  return [...new Set([...refsOf(written), ...refsOf(removed), ...refsOf(changed)])];
}

const refsOf = (rows: readonly Pick<Written, 'ref'>[]): string[] => rows.map(({ ref }) => ref);

const specsOf = <Spec>(components: readonly { readonly spec: Spec }[]): Spec[] => components.map(({ spec }) => spec);
