import { devNull } from 'node:os';
import { extractArchive } from '../content/extract-archive.js';
import { type ContentLimits } from '../content/content-limits.js';
import { type ProgramOptions, type ProgramOutcome, runProgram } from '../program/run-program.js';
import { type GitRemote } from './git-repository.js';
import { sourceProblem } from './source-rules.js';

const MAX_OUTPUT_BYTES = 64 * 1024;
/** What `ulimit -f` counts in. */
const BLOCK_BYTES = 512;

export interface RepositoryOptions {
  /** Branch, tag or commit; absent: what the repository itself gives. */
  readonly refSpec?: string | undefined;
  /** An empty directory for git's own files. */
  readonly workDirectory: string;
  readonly limits: ContentLimits;
  /** Largest file git may write: the pack it receives (bytes). */
  readonly maxFetchedBytes: number;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** @throws DomainError for what could be taken for an option or means more than one commit */
export function requireRefSpec(refSpec: string): string {
  const isSafe =
    /^[A-Za-z0-9][A-Za-z0-9._/+-]{0,254}$/.test(refSpec) &&
    !refSpec.includes('..') &&
    !/\/\/|\.lock$|\/$/.test(refSpec);
  if (!isSafe) throw sourceProblem('ref_spec must be the name of a branch or tag, or a commit');
  return refSpec;
}

/**
 * Puts the files of one commit into an empty directory and gives the id of the commit. Nothing of the repository is ever
 * run and no work tree made: the commit is fetched into a bare repository without hooks and read as an archive, by the
 * rules for archives. Submodules stay empty directories.
 *
 * @throws DomainError when it cannot be fetched or its content is refused
 */
export async function fetchRepository(
  remote: GitRemote,
  directory: string,
  options: RepositoryOptions,
): Promise<string> {
  const { workDirectory, limits, maxFetchedBytes } = options;
  const wanted = options.refSpec === undefined ? 'HEAD' : requireRefSpec(options.refSpec);
  const deadline = performance.now() + options.timeoutMs;
  const git = (args: readonly string[], readStdout?: ProgramOptions['readStdout']): Promise<ProgramOutcome> =>
    runProgram(
      [
        '/bin/sh',
        '-c',
        'ulimit -f "$1"; shift; exec git "$@"',
        'sh',
        String(Math.ceil(maxFetchedBytes / BLOCK_BYTES)),
        ...args,
      ],
      {
        cwd: workDirectory,
        env: environmentOf(remote, workDirectory),
        timeoutMs: Math.max(1, deadline - performance.now()),
        signal: options.signal,
        maxOutputBytes: MAX_OUTPUT_BYTES,
        ...(readStdout && { readStdout }),
      },
    );

  succeeded(await git(['init', '--quiet', '--bare', '--template=', '.']), 'prepared');
  const settings = [...SETTINGS, ...remote.settings].flatMap((setting) => ['-c', setting]);
  const fetch = ['fetch', '--quiet', '--depth=1', '--no-tags', '--no-recurse-submodules', '--no-write-commit-graph'];
  succeeded(await git([...settings, ...fetch, '--', remote.url, wanted]), 'fetched');
  const commit = succeeded(await git(['rev-parse', '--verify', 'FETCH_HEAD^{commit}']), 'read').stdout.trim();
  const unpack = (archive: Parameters<typeof extractArchive>[0]): Promise<void> =>
    extractArchive(archive, directory, { limits, isCompressed: false });
  succeeded(await git([...settings, 'archive', '--format=tar', commit], unpack), 'read');
  return commit;
}

/** No hooks, no helpers, no file watchers: whatever could be made to start a program. */
const SETTINGS = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.askPass=',
  'credential.helper=',
  'protocol.allow=never',
  'gc.auto=0',
  'maintenance.auto=false',
  'submodule.recurse=false',
  'uploadpack.packObjectsHook=',
];

function environmentOf({ protocol, environment }: GitRemote, home: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: home,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: protocol,
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_DIR: home,
    ...environment,
  };
}

function succeeded(outcome: ProgramOutcome, verb: string): ProgramOutcome {
  if (outcome.exitCode === 0) return outcome;
  if (outcome.failure === 'not-found' || outcome.exitCode === 127)
    throw sourceProblem('git is not installed on the server');
  const reason = outcome.failure === 'timeout' ? 'it took too long' : reasonOf(outcome.stderr);
  throw sourceProblem(`The repository cannot be ${verb}: ${reason}`);
}

/** git's own last word. The address is left out of messages by git itself only when it holds a password, which ours never does. */
const reasonOf = (stderr: string): string =>
  stderr
    .split('\n')
    .findLast((line) => line.trim() !== '')
    ?.replace(/^(fatal|error|remote): /, '') ?? 'git failed';
