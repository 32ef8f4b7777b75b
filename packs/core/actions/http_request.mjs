// Sends one HTTP request, follows its redirects and describes the answer. Any answer is a result, 404 and 500 as well;
// only a request that got no answer fails. Needs nothing but Node.js 18 or later.
import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';

const CONNECT_TIMEOUT_MS = 10_000;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** A request that got no answer; the message is what the caller reads as `error`. */
class RequestFailed extends Error {}

/** The answer is what is returned. Without one it is printed instead, and the error is that of the execution. */
export default async function httpRequest(params) {
  const answer = await requestAnswer(params);
  if (answer.error === null) return answer;
  process.stdout.write(JSON.stringify(answer));
  process.stderr.write(`${answer.error}\n`);
  process.exitCode = 1;
  return undefined;
}

/** Never throws: what went wrong is in `error`. */
async function requestAnswer(params) {
  const started = performance.now();
  let url = String(params.url ?? '');
  const describe = (answer) => ({
    status_code: 0,
    headers: {},
    body: '',
    json: null,
    elapsed_ms: Math.round(performance.now() - started),
    url,
    success: false,
    error: null,
    ...answer,
  });
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), secondsOf(params.timeout) * 1000);
  try {
    let request = requestOf(params);
    for (let redirects = 0; ; redirects++) {
      url = request.url.href;
      const answer = await exchange(request, params.verify_ssl ?? true, deadline.signal);
      const next = (params.follow_redirects ?? true) ? redirectOf(request, answer) : null;
      if (next === null) return describe(answer);
      if (redirects >= (params.max_redirects ?? 10)) throw new RequestFailed(`More than ${redirects} redirects`);
      request = next;
    }
  } catch (error) {
    return describe({ error: deadline.signal.aborted ? 'Request timeout' : error.message });
  } finally {
    clearTimeout(timer);
  }
}

function secondsOf(timeout) {
  const seconds = Number(timeout ?? 30);
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 1), 300) : 30;
}

/** The first request: address with its query, headers by lower-case name, body. */
function requestOf(params) {
  const url = addressOf(params.url);
  for (const [name, value] of Object.entries(params.query_params ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) url.searchParams.append(name, textOf(one));
  }
  const headers = { 'user-agent': 'Attune', accept: '*/*' };
  for (const [name, value] of Object.entries(params.headers ?? {})) headers[name.toLowerCase()] = textOf(value);

  const user = params.auth_type === 'basic' ? (params.auth_username ?? '') : decodeURIComponent(url.username);
  const password = params.auth_type === 'basic' ? (params.auth_password ?? '') : decodeURIComponent(url.password);
  url.username = url.password = '';
  if (params.auth_type === 'bearer') headers.authorization = `Bearer ${params.auth_token ?? ''}`;
  else if (user || password) headers.authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

  let body = params.body == null ? null : textOf(params.body);
  if (params.json_body != null) {
    body = JSON.stringify(params.json_body);
    headers['content-type'] ??= 'application/json';
  }
  return { url, method: String(params.method ?? 'GET').toUpperCase(), headers, body };
}

function addressOf(address, base) {
  if (address == null || address === '') throw new RequestFailed('No url given');
  if (!URL.canParse(address, base)) throw new RequestFailed(`Not a URL: ${address}`);
  const url = new URL(address, base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new RequestFailed(`Unsupported protocol ${url.protocol}//`);
  }
  return url;
}

/** The request a redirect asks for; null when the answer is not one. As browsers and curl do, POST becomes GET unless
 *  the server insists (307, 308), and credentials do not follow to another origin. */
function redirectOf({ url, method, headers, body }, { status_code: status, headers: answer }) {
  if (!REDIRECTS.has(status) || answer.location === undefined) return null;
  const next = addressOf(answer.location, url);
  const kept = { ...headers };
  if (next.origin !== url.origin) for (const name of ['authorization', 'cookie', 'host']) delete kept[name];
  const toGet = status === 303 ? method !== 'HEAD' : status < 303 && method === 'POST';
  if (!toGet) return { url: next, method, headers: kept, body };
  for (const name of ['content-type', 'content-length', 'content-encoding']) delete kept[name];
  return { url: next, method: 'GET', headers: kept, body: null };
}

/** One request and its answer on a connection of its own. */
async function exchange({ url, method, headers, body }, verifySsl, signal) {
  const secure = url.protocol === 'https:';
  const connect = { signal, agent: false, rejectUnauthorized: verifySsl };
  // How far the exchange came says better than the error itself what went wrong.
  let phase = 'resolve';
  let request;
  const connectTimer = setTimeout(() => request?.destroy(new RequestFailed('Request timeout')), CONNECT_TIMEOUT_MS);
  try {
    const response = await new Promise((resolve, reject) => {
      request = (secure ? https : http).request(url, { ...connect, method, headers });
      request.on('error', reject).on('response', resolve);
      request.on('socket', (socket) => {
        const connected = () => {
          clearTimeout(connectTimer);
          phase = 'answer';
        };
        socket.on('lookup', () => (phase = 'connect'));
        socket.on('connect', () => (secure ? (phase = 'tls') : connected()));
        socket.on('secureConnect', connected);
      });
      if (body === null) request.end();
      else request.setHeader('content-length', Buffer.byteLength(body)).end(body);
    });
    phase = 'body';
    return answerOf(response, await text(response));
  } catch (error) {
    throw error instanceof RequestFailed ? error : new RequestFailed(reasonOf(error, phase), { cause: error });
  } finally {
    clearTimeout(connectTimer);
  }
}

function answerOf(response, body) {
  const headers = {};
  for (const [name, value] of Object.entries(response.headers)) headers[name] = [value].flat().join(', ');
  const status = response.statusCode;
  return { status_code: status, headers, body, json: jsonOf(body), success: status >= 200 && status < 300 };
}

function jsonOf(body) {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

function reasonOf(error, phase) {
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') return 'Could not resolve host';
  if (error.code === 'ETIMEDOUT') return 'Request timeout';
  if (error.syscall === 'connect' || error instanceof AggregateError) return 'Failed to connect to host';
  if (phase === 'tls') return 'SSL/TLS connection error';
  if (phase === 'answer' && error.message === 'socket hang up') return 'Empty reply from server';
  if (phase === 'answer' || phase === 'body') return 'Failure receiving network data';
  return error.message;
}

function textOf(value) {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '');
}
