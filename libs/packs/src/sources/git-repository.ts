import { pathToFileURL } from 'node:url';
import { requireLocalPath } from './local-path.js';
import {
  type SourceRules,
  hostOf,
  isNamedHost,
  readHttpUrl,
  requireAllowedHost,
  sourceProblem,
} from './source-rules.js';
import { resolveHost } from './public-address.js';

/** A repository to fetch from, and the settings without which it must not be. */
export interface GitRemote {
  readonly url: string;
  /** The one protocol git may use, also after a redirect. */
  readonly protocol: 'https' | 'http' | 'ssh' | 'git' | 'file';
  /** Settings (`-c`) that hold the connection to what was checked. */
  readonly settings: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Reads where a repository is: a URL, `user@host:path`, or a directory of this machine.
 *
 * @param localRoots directories a local repository may lie in, with links resolved
 * @throws DomainError when the rules forbid it
 */
export async function readGitRemote(
  source: string,
  rules: SourceRules,
  localRoots: readonly string[],
): Promise<GitRemote> {
  if (source.startsWith('-')) throw sourceProblem('The source is no valid repository');
  const short = /^([A-Za-z0-9._-]+)@([A-Za-z0-9.-]+):(?!\/\/)(.+)$/.exec(source);
  if (short) return sshRemote(`ssh://${short[1]}@${short[2]}/${short[3]}`, rules);
  if (source.startsWith('/')) return localRemote(source, localRoots);
  if (!URL.canParse(source)) throw sourceProblem('The source is no valid repository');
  const url = new URL(source);
  switch (url.protocol) {
    case 'file:':
      return localRemote(pathOfFileUrl(url), localRoots);
    case 'ssh:':
      return sshRemote(source, rules);
    case 'git:': {
      if (!rules.allowHttp) throw sourceProblem('git:// is not allowed: it proves nothing about who answers');
      const [first] = await checkedAddresses(url, rules);
      // git has no way to hold a git:// connection to an address, so the address itself is asked.
      return { url: `git://${first}${portOf(url)}${url.pathname}`, protocol: 'git', settings: [], environment: {} };
    }
    default: {
      const http = readHttpUrl(source, rules);
      // The address is pinned to the name without a dot at its end; git must ask for the same one.
      http.hostname = http.hostname.replace(/\.$/, '');
      const protocol = http.protocol === 'http:' ? 'http' : 'https';
      const port = http.port === '' ? (protocol === 'http' ? '80' : '443') : http.port;
      const addresses = await checkedAddresses(http, rules);
      const pinned = `${hostOf(http)}:${port}:${addresses.join(',')}`;
      const settings = [`http.curloptResolve=${pinned}`, 'http.followRedirects=false', 'http.proxy='];
      return { url: http.href, protocol, settings, environment: {} };
    }
  }
}

/** With the keys of the service's user, therefore only to hosts an operator named. */
async function sshRemote(source: string, rules: SourceRules): Promise<GitRemote> {
  const url = new URL(source);
  if (url.password !== '') throw sourceProblem('The source must not hold credentials');
  const host = hostOf(url);
  if (!isNamedHost(rules, host))
    throw sourceProblem(`Repositories over ssh take a host an operator has allowed, '${host}' is not`);
  if (!/^[a-z0-9.-]+$/.test(host) || host.startsWith('-')) throw sourceProblem('The source is no valid repository');
  const [address] = await checkedAddresses(url, rules);
  const command = `ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=yes -o HostKeyAlias=${host} -o HostName=${address?.replace(/^\[|\]$/g, '') ?? ''}`;
  return {
    url: source,
    protocol: 'ssh',
    settings: [],
    environment: { GIT_SSH_COMMAND: command, HOME: process.env['HOME'] ?? '/' },
  };
}

function pathOfFileUrl(url: URL): string {
  try {
    return decodeURIComponent(url.pathname);
  } catch (error) {
    throw sourceProblem('The source is no valid repository', error);
  }
}

async function localRemote(path: string, roots: readonly string[]): Promise<GitRemote> {
  const directory = await requireLocalPath(path, roots);
  return { url: pathToFileURL(directory).href, protocol: 'file', settings: [], environment: {} };
}

async function checkedAddresses(url: URL, rules: SourceRules): Promise<string[]> {
  requireAllowedHost(rules, hostOf(url));
  const addresses = await resolveHost(hostOf(url), rules);
  return addresses.map(({ address, family }) => (family === 6 ? `[${address}]` : address));
}

const portOf = ({ port }: URL): string => (port === '' ? '' : `:${port}`);
