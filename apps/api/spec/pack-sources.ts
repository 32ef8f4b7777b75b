import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { type Files } from './pack-archives.js';

const execute = promisify(execFile);

/** A directory of the server that packs may be taken from, and a web server of the same. */
export class PackSources {
  /** What the web server answers, by path. */
  readonly answers = new Map<string, (request: IncomingMessage, response: ServerResponse) => void>();

  private gitRoot: string | null = null;

  private constructor(
    readonly directory: string,
    private readonly server: Server,
  ) {}

  static async open(): Promise<PackSources> {
    const directory = await realpath(await mkdtemp(join(tmpdir(), 'attune-sources-')));
    const server = createServer();
    const sources = new PackSources(directory, server);
    server.on('request', (request, response) => {
      if (sources.gitRoot !== null && request.url?.startsWith('/git/') === true) {
        serveGit(sources.gitRoot, request, response);
        return;
      }
      const answer = sources.answers.get(request.url?.split('?')[0] ?? '');
      if (answer) answer(request, response);
      else response.writeHead(404).end();
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return sources;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  serve(path: string, body: Uint8Array | string): void {
    this.answers.set(path, (_request, response) => void response.end(body));
  }

  async write(name: string, files: Files): Promise<string> {
    const directory = join(this.directory, name);
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), text);
    }
    return directory;
  }

  /** A commit of exactly these files; gives its id. */
  async commit(name: string, files: Files, tag?: string): Promise<string> {
    const directory = await this.write(name, files);
    const git = (...args: string[]) =>
      execute('git', ['-c', 'user.name=Spec', '-c', 'user.email=spec@example.org', ...args], { cwd: directory });
    await git('init', '--quiet', '--initial-branch=main');
    await git('add', '--all');
    await git('commit', '--quiet', '--allow-empty', '-m', 'Change');
    if (tag !== undefined) await git('tag', tag);
    return (await git('rev-parse', 'HEAD')).stdout.trim();
  }

  /** Lets the web server serve the repositories in the directory, below `/git`. */
  serveRepositories(): void {
    this.gitRoot = this.directory;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** Hands a request to git's own program for web servers, by the rules of CGI. */
function serveGit(root: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
  const env = {
    PATH: process.env['PATH'] ?? '',
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: pathname.slice('/git'.length),
    QUERY_STRING: searchParams.toString(),
    REQUEST_METHOD: request.method ?? '',
    CONTENT_TYPE: request.headers['content-type'] ?? '',
    HTTP_GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
  };
  const program = spawn('git', ['http-backend'], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  request.pipe(program.stdin).on('error', () => undefined);
  void buffer(program.stdout).then((output) => {
    const end = output.indexOf('\r\n\r\n');
    for (const line of output.subarray(0, end).toString().split('\r\n')) {
      const [name = '', value = ''] = line.split(': ', 2);
      if (name === 'Status') response.statusCode = Number(value.slice(0, 3));
      else response.setHeader(name, value);
    }
    response.end(output.subarray(end + 4));
  });
}
