import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chownSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from './error-code.js';
import { PostgresError, fromFileError } from './postgres-error.js';

/** How to start a program of PostgreSQL, which refuses to run as root. */
export interface RunAs {
  /** In front of the command, [] to run it directly. */
  readonly prefix: readonly string[];
  /** Who the child becomes, null = stays as we are. */
  readonly identity: { readonly uid: number; readonly gid: number } | null;
  /** Who must own the data directory, null = leave as it is. */
  readonly owner: { readonly uid: number; readonly gid: number } | null;
}

const AS_OURSELVES: RunAs = { prefix: [], identity: null, owner: null };

/**
 * Decides how to run `program` on `directory` (both must exist) and gives the directory to that user. Not root: directly. Root:
 * 1. as the owner of the directory, else as the user `postgres`, else `nobody`, when they reach both;
 * 2. the same with the one capability to pass closed directories (a checkout below a 0700 home), kept by programs that check with access(2);
 * 3. in a user namespace where our root is called by that user's id (containers without a mapping for other users).
 */
export function chooseRunAs(program: string, directory: string): RunAs {
  if (process.geteuid?.() !== 0) return AS_OURSELVES;
  const user = ordinaryOwner(directory) ?? findUser('postgres') ?? findUser('nobody');
  const candidates = user === null ? [namespaced(65_534, 65_534)] : rootCandidates(user);
  for (const candidate of candidates) {
    if (tryOut(candidate, program, directory)) return candidate;
  }
  throw new PostgresError(
    'root_refused',
    'PostgreSQL does not run as root and this system offers no way to run it as another user (tried the users postgres and nobody, setpriv and unshare); start Attune as an ordinary user or set ATTUNE__DATABASE__URL',
  );
}

/** The command, arguments and spawn options that run `program` this way. */
export function commandFor(runAs: RunAs, program: string, args: readonly string[]): [string, string[], SpawnIdentity] {
  const [first = program, ...rest] = [...runAs.prefix, program, ...args];
  return [first, rest, { cwd: '/', ...(runAs.identity ?? {}) }];
}

interface SpawnIdentity {
  readonly cwd: string;
  readonly uid?: number;
  readonly gid?: number;
}

/** Gives a directory and everything below it to `owner`. */
export function giveTo(owner: RunAs['owner'], path: string): void {
  if (owner === null) return;
  const stat = lstatSync(path);
  if (stat.uid !== owner.uid || stat.gid !== owner.gid) chownSync(path, owner.uid, owner.gid);
  if (stat.isDirectory()) for (const name of readdirSync(path)) giveTo(owner, join(path, name));
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

function rootCandidates(user: User): RunAs[] {
  const { uid, gid } = user;
  const reachAll = [
    '--inh-caps',
    '+dac_override',
    '--ambient-caps',
    '+dac_override',
    '--securebits',
    '+no_setuid_fixup',
  ];
  return [
    { prefix: [], identity: user, owner: user },
    {
      prefix: ['setpriv', '--reuid', String(uid), '--regid', String(gid), '--clear-groups', ...reachAll],
      identity: null,
      owner: user,
    },
    namespaced(uid, gid),
  ];
}

function namespaced(uid: number, gid: number): RunAs {
  return {
    prefix: ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`],
    identity: null,
    owner: { uid: 0, gid: 0 },
  };
}

/** Runs the program for its version and writes a file where the database will write. */
function tryOut(candidate: RunAs, program: string, directory: string): boolean {
  try {
    giveTo(candidate.owner, directory);
  } catch (error) {
    if (errorCode(error) === 'EROFS') throw fromFileError(error, directory);
    return false;
  }
  const script = 'test "$(id -u)" != 0 && test -x "$1" && "$1" --version && : > "$2" && rm -f "$2"';
  const probe = join(directory, `.probe-${randomUUID()}`);
  const [command, args, options] = commandFor(candidate, '/bin/sh', ['-c', script, 'sh', program, probe]);
  return spawnSync(command, args, { ...options, stdio: 'ignore' }).status === 0;
}

/** A cluster that an ordinary user made stays theirs. */
function ordinaryOwner(directory: string): User | null {
  const { uid, gid } = lstatSync(directory);
  return uid === 0 ? null : { uid, gid };
}

function findUser(name: string): User | null {
  try {
    const ask = (flag: string): number => Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: 'pipe' }));
    return { uid: ask('-u'), gid: ask('-g') };
  } catch {
    return null;
  }
}
