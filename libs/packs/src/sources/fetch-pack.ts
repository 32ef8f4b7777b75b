import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type Readable } from 'node:stream';
import { fingerprintOf } from '../bundled/fingerprint.js';
import { type ContentLimits } from '../content/content-limits.js';
import { copyPackDirectory } from '../content/copy-pack-directory.js';
import { extractArchive } from '../content/extract-archive.js';
import { findPackRoot } from '../content/find-pack-root.js';
import { type Staging } from '../storage/staging-area.js';
import { fetchGuarded } from './fetch-guarded.js';
import { fetchRepository } from './fetch-repository.js';
import { readGitRemote } from './git-repository.js';
import { requireLocalPath } from './local-path.js';
import { type PackIndexEntrySpec } from './pack-index.js';
import { readPackSource } from './pack-source.js';
import { type SourceRules, sourceProblem } from './source-rules.js';
import { algorithmOf, checksumMismatch, DEFAULT_ALGORITHM, DigestStream } from './verify-checksum.js';

export type SourceType = 'git' | 'archive' | 'local_directory' | 'local_archive' | 'registry';

export interface FetchPackSettings {
  readonly rules: SourceRules;
  /** Directories of this machine that packs may be taken from. */
  readonly localRoots: readonly string[];
  readonly limits: ContentLimits;
  /** Largest archive or git file (bytes). */
  readonly maxFetchedBytes: number;
  readonly timeoutMs: number;
  readonly verifyChecksums: boolean;
  /** Looks a pack up in the indices; null: none has it. */
  readonly findIndexed: (ref: string, version: string | null) => Promise<PackIndexEntrySpec | null>;
  readonly signal?: AbortSignal | undefined;
}

/** A pack that was brought into a staging directory, and where it came from. */
export interface FetchedPack {
  /** Directory with the manifest in it. */
  readonly root: string;
  readonly type: SourceType;
  /** As it was asked for, or what the index said. */
  readonly url: string;
  readonly refSpec: string | null;
  readonly commit: string | null;
  /** Of the archive; null where there was none. */
  readonly checksum: string | null;
  /** The ref the index promised; null: none did. */
  readonly promisedRef: string | null;
}

type Origin = Omit<FetchedPack, 'root' | 'promisedRef' | 'type'> & { readonly type: SourceType };

/**
 * Brings a pack into a staging directory from wherever `source` says. Nothing of it is run or trusted: it still has to be
 * understood and checked.
 *
 * @throws DomainError when it cannot be had or is refused
 */
export async function fetchPack(
  staging: Staging,
  source: string,
  refSpec: string | null,
  settings: FetchPackSettings,
): Promise<FetchedPack> {
  const directory = await staging.makeDirectory('unpacked');
  const wanted = readPackSource(source, refSpec);
  const finish = async (origin: Origin, promisedRef: string | null = null): Promise<FetchedPack> => ({
    ...origin,
    root: await findPackRoot(directory),
    promisedRef,
  });
  switch (wanted.type) {
    case 'git':
      return finish(await fetchGit(staging, directory, wanted.source, refSpec, settings));
    case 'archive':
      return finish(await fetchArchive(directory, wanted.url, DEFAULT_ALGORITHM, settings));
    case 'local':
      return finish(await takeLocal(directory, wanted.path, settings));
    case 'registry': {
      const entry = await settings.findIndexed(wanted.ref, wanted.version);
      if (!entry) throw notIndexed(wanted.ref, wanted.version);
      return finish(await fetchIndexed(staging, directory, entry, settings), entry.ref);
    }
  }
}

const notIndexed = (ref: string, version: string | null): Error =>
  sourceProblem(`No pack index has ${version === null ? `a pack '${ref}'` : `version ${version} of a pack '${ref}'`}`);

async function fetchGit(
  staging: Staging,
  directory: string,
  source: string,
  refSpec: string | null,
  { rules, localRoots, limits, maxFetchedBytes, timeoutMs, signal }: FetchPackSettings,
): Promise<Origin> {
  const remote = await readGitRemote(source, rules, localRoots);
  const workDirectory = await staging.makeDirectory('git');
  const options = { refSpec: refSpec ?? undefined, workDirectory, limits, maxFetchedBytes, timeoutMs, signal };
  const commit = await fetchRepository(remote, directory, options);
  return { type: 'git', url: source, refSpec, commit, checksum: null };
}

async function fetchArchive(
  directory: string,
  url: string,
  algorithm: string,
  { rules, limits, maxFetchedBytes: maxBytes, timeoutMs, signal }: FetchPackSettings,
): Promise<Origin> {
  const options = { rules, maxBytes, timeoutMs, signal };
  const checksum = await fetchGuarded(url, options, (body) => unpack(body, directory, algorithm, limits));
  return { type: 'archive', url, refSpec: null, commit: null, checksum };
}

async function unpack(body: Readable, directory: string, algorithm: string, limits: ContentLimits): Promise<string> {
  const digest = new DigestStream(algorithm);
  body.once('error', (error) => digest.destroy(error));
  await extractArchive(body.pipe(digest), directory, { limits });
  return digest.digest();
}

async function takeLocal(directory: string, path: string, { localRoots, limits }: FetchPackSettings): Promise<Origin> {
  const found = await requireLocalPath(path, localRoots);
  const origin = { url: path, refSpec: null, commit: null };
  if ((await stat(found)).isDirectory()) {
    await copyPackDirectory(found, directory, limits);
    return { ...origin, type: 'local_directory', checksum: null };
  }
  const archive = createReadStream(found);
  try {
    const checksum = await unpack(archive, directory, DEFAULT_ALGORITHM, limits);
    return { ...origin, type: 'local_archive', checksum };
  } finally {
    archive.destroy();
  }
}

/**
 * Repositories come first: their commit tells what it is. Their checksum is the id of the commit (`sha1:…`), or the
 * digest of the pack's files as `fingerprintOf` makes it (`sha256:…`); that of an archive is the digest of its bytes.
 */
async function fetchIndexed(
  staging: Staging,
  directory: string,
  entry: PackIndexEntrySpec,
  settings: FetchPackSettings,
): Promise<Origin> {
  const source = entry.install_sources.find(({ type }) => type === 'git') ?? entry.install_sources[0];
  if (!source) throw sourceProblem(`The pack index does not say where to get the pack '${entry.ref}'`);
  if (source.type === 'archive') {
    const algorithm = settings.verifyChecksums ? algorithmOf(source.checksum) : DEFAULT_ALGORITHM;
    const origin = await fetchArchive(directory, source.url, algorithm, settings);
    if (settings.verifyChecksums && origin.checksum !== source.checksum.toLowerCase()) throw checksumMismatch();
    return { ...origin, type: 'registry' };
  }
  const origin = await fetchGit(staging, directory, source.url, source.ref ?? null, settings);
  if (settings.verifyChecksums) await verifyCommit(source.checksum.toLowerCase(), origin.commit, directory);
  return { ...origin, type: 'registry', checksum: source.checksum };
}

async function verifyCommit(checksum: string, commit: string | null, directory: string): Promise<void> {
  if (checksum === `sha1:${commit ?? ''}` || checksum === `git:${commit ?? ''}`) return;
  const content = checksum.startsWith('sha256:') ? await fingerprintOf(await findPackRoot(directory)) : null;
  if (content === null || checksum !== `sha256:${content}`) throw checksumMismatch();
}
