import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { callFunction } from '../../testing/call-function.js';

interface Answer {
  readonly status_code: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly json: unknown;
  readonly elapsed_ms: number;
  readonly url: string;
  readonly success: boolean;
  readonly error: string | null;
}

async function request(parameters: object): Promise<Answer & { readonly exitCode: number | null }> {
  const { exitCode, stdout, stderr } = await callFunction('core/actions/http_request.mjs', parameters);
  const answered = JSON.parse(stdout) as Answer;
  expect(stderr).toBe(answered.error === null ? '' : `${answered.error}\n`);
  return { ...answered, exitCode };
}

const FAILED = { exitCode: 1, status_code: 0, success: false, headers: {}, body: '', json: null };

/** Answers with what it was asked, or as the path says. */
async function answer(asked: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(asked.url ?? '/', 'http://server');
  const target = searchParams.get('to') ?? '/echo';
  switch (pathname.split('/')[1]) {
    case 'echo': {
      const { method, url, headers } = asked;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ method, url, headers, body: await text(asked) }));
      return;
    }
    case 'status':
      response.writeHead(Number(pathname.split('/')[2]), { 'x-many': ['a', 'b'] }).end('plain words');
      return;
    case 'redirect':
      response.writeHead(Number(pathname.split('/')[2]), { location: target }).end('moved');
      return;
    case 'loop':
      response.writeHead(302, { location: '/loop' }).end();
      return;
    case 'silence':
      return;
    case 'hang-up':
      asked.socket.end();
      return;
    case 'half':
      response.writeHead(200, { 'content-length': 100 }).write('half of it', () => asked.socket.destroy());
      return;
    default:
      response.writeHead(404).end();
  }
}

const opened: { close: () => unknown }[] = [];

async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  opened.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

let base: string;
let other: string;

beforeAll(async () => {
  base = `http://127.0.0.1:${await listen(createServer((...both) => void answer(...both)))}`;
  other = `http://127.0.0.1:${await listen(createServer((...both) => void answer(...both)))}`;
});

afterAll(() => {
  for (const server of opened) {
    if ('closeAllConnections' in server) (server as Server).closeAllConnections();
    server.close();
  }
});

describe('core.http_request', () => {
  it('gets a page', async () => {
    const { json, elapsed_ms, body, ...rest } = await request({ url: `${base}/echo?a=1` });
    expect(rest).toMatchObject({ exitCode: 0, status_code: 200, success: true, error: null, url: `${base}/echo?a=1` });
    expect(rest.headers['content-type']).toBe('application/json');
    expect(json).toMatchObject({ method: 'GET', url: '/echo?a=1', body: '' });
    expect(JSON.parse(body)).toEqual(json);
    expect(Number.isInteger(elapsed_ms)).toBe(true);
  });

  it('gives the same fields with and without an answer', async () => {
    const keys = ['status_code', 'headers', 'body', 'json', 'elapsed_ms', 'url', 'success', 'error', 'exitCode'];
    expect(Object.keys(await request({ url: `${base}/echo` }))).toEqual(keys);
    expect(Object.keys(await request({}))).toEqual(keys);
  });

  it.each([[400], [404], [500]])('takes %i for an answer', async (status) => {
    expect(await request({ url: `${base}/status/${status}` })).toMatchObject({
      exitCode: 0,
      status_code: status,
      success: false,
      error: null,
      body: 'plain words',
      json: null,
      headers: { 'x-many': 'a, b' },
    });
  });

  it('sends method, headers, query and body', async () => {
    const { json } = await request({
      url: `${base}/echo?a=1`,
      method: 'put',
      headers: { 'X-Number': 5, 'Content-Type': 'text/csv' },
      query_params: { b: 'x y&z', c: [1, 2], d: { e: true } },
      body: 'ä;b\n',
    });
    expect(json).toMatchObject({
      method: 'PUT',
      url: '/echo?a=1&b=x+y%26z&c=1&c=2&d=%7B%22e%22%3Atrue%7D',
      headers: { 'x-number': '5', 'content-type': 'text/csv', 'content-length': '5' },
      body: 'ä;b\n',
    });
  });

  it.each<[object, string]>([
    [{}, 'application/json'],
    [{ 'content-type': 'application/vnd.api+json' }, 'application/vnd.api+json'],
  ])('sends json_body with headers %j as %s', async (headers, type) => {
    const { json } = await request({
      url: `${base}/echo`,
      method: 'POST',
      headers,
      body: 'not this',
      json_body: { a: [1] },
    });
    expect(json).toMatchObject({ headers: { 'content-type': type }, body: '{"a":[1]}' });
  });

  it('sends no body and reads none with HEAD', async () => {
    expect(await request({ url: `${base}/echo`, method: 'HEAD' })).toMatchObject({
      exitCode: 0,
      status_code: 200,
      body: '',
    });
  });

  it.each<[object, string | undefined]>([
    [{}, undefined],
    [{ auth_type: 'none', auth_username: 'ada', auth_password: 'x' }, undefined],
    [{ auth_type: 'basic', auth_username: 'ada', auth_password: 'pä:ss' }, 'Basic YWRhOnDDpDpzcw=='],
    [{ auth_type: 'bearer', auth_token: 'abc.def' }, 'Bearer abc.def'],
    [{ headers: { Authorization: 'Custom x' } }, 'Custom x'],
  ])('authenticates with %j', async (auth, expected) => {
    const { json } = await request({ url: `${base}/echo`, ...auth });
    expect((json as { headers: Record<string, string> }).headers['authorization']).toBe(expected);
  });

  it('uses the login in a URL without showing it', async () => {
    const { json, url } = await request({ url: `${base.replace('//', '//ada:se%2Fcret@')}/echo` });
    expect(json).toMatchObject({ headers: { authorization: `Basic ${btoa('ada:se/cret')}` } });
    expect(url).toBe(`${base}/echo`);
  });
});

describe('redirects', () => {
  it.each([
    [301, 'POST', 'GET', ''],
    [302, 'POST', 'GET', ''],
    [302, 'PUT', 'PUT', 'text'],
    [303, 'PUT', 'GET', ''],
    [307, 'POST', 'POST', 'text'],
    [308, 'POST', 'POST', 'text'],
  ])('%i of %s leads to %s', async (status, method, next, body) => {
    const answered = await request({ url: `${base}/redirect/${status}?to=/echo?end`, method, body: 'text' });
    expect(answered).toMatchObject({ exitCode: 0, url: `${base}/echo?end`, json: { method: next, body } });
  });

  it('are answers when they are not to be followed', async () => {
    const answered = await request({ url: `${base}/redirect/302`, follow_redirects: false });
    expect(answered).toMatchObject({ exitCode: 0, status_code: 302, success: false, headers: { location: '/echo' } });
  });

  it('keep credentials at the same origin and take none to another', async () => {
    const ask = async (to: string): Promise<unknown> => {
      const { json } = await request({
        url: `${base}/redirect/302?to=${to}`,
        auth_type: 'bearer',
        auth_token: 'secret',
      });
      return (json as { headers: Record<string, string> }).headers['authorization'];
    };
    expect(await ask('/echo')).toBe('Bearer secret');
    expect(await ask(encodeURIComponent(`${other}/echo`))).toBeUndefined();
  });

  it.each([
    [3, 'More than 3 redirects'],
    [0, 'More than 0 redirects'],
  ])('fail after %i', async (max_redirects, error) => {
    expect(await request({ url: `${base}/loop`, max_redirects })).toMatchObject({ ...FAILED, error });
  });

  it('do not lead out of HTTP', async () => {
    const answered = await request({ url: `${base}/redirect/302?to=file:///etc/passwd` });
    expect(answered).toMatchObject({ ...FAILED, error: 'Unsupported protocol file://' });
  });
});

describe('a request without an answer', () => {
  it.each<[object, string]>([
    [{}, 'No url given'],
    [{ url: '' }, 'No url given'],
    [{ url: 'not a url' }, 'Not a URL: not a url'],
    [{ url: 'ftp://example.org/' }, 'Unsupported protocol ftp://'],
    [{ url: 'http://nowhere.invalid/' }, 'Could not resolve host'],
  ])('fails with %j', async (parameters, error) => {
    expect(await request(parameters)).toMatchObject({ ...FAILED, error });
  });

  it.each([
    ['/hang-up', 'Empty reply from server'],
    ['/half', 'Failure receiving network data'],
  ])('from %s says: %s', async (path, error) => {
    expect(await request({ url: `${base}${path}` })).toMatchObject({ ...FAILED, error, url: `${base}${path}` });
  });

  it('says that nobody listens', async () => {
    const server = createTcpServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await request({ url: `http://127.0.0.1:${port}/` })).toMatchObject({
      ...FAILED,
      error: 'Failed to connect to host',
    });
  });

  it('says that it took too long', async () => {
    expect(await request({ url: `${base}/silence`, timeout: 1 })).toMatchObject({
      ...FAILED,
      error: 'Request timeout',
    });
  });

  it('says that the server speaks no HTTP', async () => {
    const port = await listen(createTcpServer((socket) => socket.end('what?\r\n\r\n')));
    expect(await request({ url: `http://127.0.0.1:${port}/` })).toMatchObject({
      ...FAILED,
      error: 'Failure receiving network data',
    });
  });

  it('says that the server speaks no TLS', async () => {
    expect(await request({ url: base.replace('http:', 'https:') })).toMatchObject({
      ...FAILED,
      error: 'SSL/TLS connection error',
    });
  });
});

const certificate = selfSignedCertificate();

(certificate ? describe : describe.skip)('a certificate nobody vouches for', () => {
  it.each<[boolean | undefined, object]>([
    [undefined, { ...FAILED, error: 'SSL/TLS connection error' }],
    [true, { ...FAILED, error: 'SSL/TLS connection error' }],
    [false, { exitCode: 0, status_code: 200, success: true }],
  ])('with verify_ssl %j', async (verify_ssl, expected) => {
    const port = await listen(createSecureServer(certificate ?? {}, (...both) => void answer(...both)));
    expect(await request({ url: `https://127.0.0.1:${port}/echo`, verify_ssl })).toMatchObject(expected);
  });
});

/** Made on the spot, so that no private key lies in the repository. null: no OpenSSL on this machine. */
function selfSignedCertificate(): { key: string; cert: string } | null {
  const directory = mkdtempSync(join(tmpdir(), 'attune-tls-'));
  try {
    const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
    const options = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=127.0.0.1'];
    const { status } = spawnSync('openssl', ['req', ...options, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    return status === 0 ? { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') } : null;
  } finally {
    rmSync(directory, { recursive: true });
  }
}
