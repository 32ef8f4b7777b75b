import { basename, resolve } from 'node:path';
import { type Database, publish, type OutgoingMessage } from '@attune/common';
import { type JsonObject } from '@attune/engine';
import { DataSource, type EntityManager } from 'typeorm';
import { type ManifestSpec } from '../format/manifest.format.js';
import { MANIFEST } from '../format/pack-files.js';
import { type ParsedPack } from '../format/parse-pack.js';
import { PackLoadError, type PackProblem } from '../problem.js';
import { readPackDirectory } from '../read-pack-directory.js';
import { type CheckedPack, checkReferences, refsOf } from './check-references.js';
import { ruleMessages } from './pack-messages.js';
import { findStoredComponents, listRuntimes, type StoredRuntime } from './sql/find-related.sql.js';
import { findStoredPack, lockPack, type StoredPack } from './sql/lock-pack.sql.js';
import { upsertPack } from './sql/upsert-pack.sql.js';
import { type PackChanges, writePack } from './write-pack.js';

export interface LoadPackOptions {
  /** Where the pack came from (`source_type`, `checksum`, …): kept in its `meta` until the next install. */
  readonly installation?: JsonObject;
  /** Identity that installs it; absent: whoever is stored stays. */
  readonly installedBy?: number | null;
  /** How messages are sent. @default the outbox */
  readonly publish?: (db: EntityManager, messages: readonly OutgoingMessage[]) => Promise<void>;
}

export interface LoadedPack {
  readonly id: number;
  readonly ref: string;
  readonly version: string;
  /** The pack was not there before. */
  readonly created: boolean;
  /** Anything at all is different now in the database. */
  readonly changed: boolean;
  readonly changes: PackChanges;
  /** What was loaded otherwise than its author may think, or left out. */
  readonly warnings: readonly PackProblem[];
}

/** Keys of `meta` that tell about the installation. A reload from the same files does not know them, so they stay. */
const INSTALLATION_KEYS = ['source_type', 'source_url', 'ref_spec', 'checksum', 'installed_at', 'installed_by'];

/**
 * Makes the database say what the pack in `directory` says, in one transaction (inside the caller's when `db` is in one).
 * Ids of rows never change, rows that are right already are not touched, and what operators decide is kept: whether a
 * pack, trigger or rule is enabled, stored configuration, webhooks. Safe to call at once from several processes.
 *
 * @throws PackLoadError with everything that is wrong; nothing was changed then
 */
export async function loadPackDirectory(
  db: Database,
  directory: string,
  options: LoadPackOptions = {},
): Promise<LoadedPack> {
  const { pack, problems, warnings } = await readPackDirectory(directory);
  if (pack === null) throw new PackLoadError(null, problems);
  const manager = db instanceof DataSource ? db.manager : db;
  return manager.transaction(async (transaction) => {
    await lockPack(transaction, pack.manifest.ref);
    return load(transaction, pack, { problems: [...misplaced(pack, directory), ...problems], warnings }, options);
  });
}

/** Workers find the files of a pack by its ref, so its directory has to be called that. */
function misplaced({ manifest }: ParsedPack, directory: string): PackProblem[] {
  const name = basename(resolve(directory));
  if (name === manifest.ref) return [];
  const error = `the directory of the pack is called '${name}' and has to be called '${manifest.ref}'`;
  return [{ file: MANIFEST, line: null, component_type: 'pack', ref: manifest.ref, key: 'ref', error }];
}

async function load(
  db: EntityManager,
  pack: ParsedPack,
  reading: { readonly problems: readonly PackProblem[]; readonly warnings: readonly PackProblem[] },
  options: LoadPackOptions,
): Promise<LoadedPack> {
  const { manifest } = pack;
  const runtimes = await listRuntimes(db);
  const components = await findStoredComponents(db, refsOf(pack));
  const checked = checkReferences(pack, { components, runtimes });
  const problems = [...reading.problems, ...checked.problems];
  if (problems.length > 0) throw new PackLoadError(manifest.ref, problems);

  const stored = await findStoredPack(db, manifest.ref);
  const written = await upsertPack(db, { ...mergeStored(manifest, stored, options), ...installer(options) });
  const id = written ?? stored?.id;
  if (id === undefined) throw new Error(`pack ${manifest.ref} was not written`);
  const key = { id, ref: manifest.ref };
  const { changes, writtenRules, removedRules } = await writePack(db, key, pack, checked);

  const earlierTriggers = new Map(
    components.flatMap(({ type, ref, trigger_ref }) =>
      type === 'rule' && trigger_ref !== null ? [[ref, trigger_ref]] : [],
    ),
  );
  const runtimeNames = namesOfRuntimes(checked, pack, runtimes);
  await (options.publish ?? publish)(db, [
    {
      topic: 'pack.registered',
      payload: { pack_id: key.id, pack_ref: key.ref, version: manifest.version, runtime_names: runtimeNames },
    },
    ...ruleMessages(writtenRules, removedRules, earlierTriggers),
  ]);
  return {
    ...key,
    version: manifest.version,
    created: stored === null,
    changed:
      written !== null || Object.values(changes).some(({ written, removed }) => written.length + removed.length > 0),
    changes,
    warnings: [...reading.warnings, ...checked.warnings],
  };
}

const installer = ({ installedBy }: LoadPackOptions): { installed_by: number | null } => ({
  installed_by: installedBy ?? null,
});

/** Stored settings win over those of the file; settings the file has and the database lacks are added. */
function mergeStored(
  manifest: ManifestSpec,
  stored: StoredPack | null,
  { installation }: LoadPackOptions,
): ManifestSpec {
  const earlier = Object.entries(stored?.meta ?? {}).filter(([name]) => INSTALLATION_KEYS.includes(name));
  return {
    ...manifest,
    config: { ...manifest.config, ...stored?.config },
    meta: { ...manifest.meta, ...(installation ?? Object.fromEntries(earlier)) },
  };
}

/** Names of the runtimes the pack's actions need: workers build environments for these. */
function namesOfRuntimes({ actions }: CheckedPack, pack: ParsedPack, stored: readonly StoredRuntime[]): string[] {
  const known = [...pack.runtimes.map(({ spec }) => spec), ...stored];
  const used = actions.map(({ runtime_ref }) => known.find(({ ref }) => ref === runtime_ref)?.name ?? runtime_ref);
  return [...new Set(used)].sort();
}
