import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, createDataSource, DatabaseListener, loadConfig, type Platform } from '@attune/common';
import { type AnyOperation, type ApiClient, createClient, type Grant, operations } from '@attune/contract';
import { createTestDatabase, type TestDatabaseOptions } from '@attune/testing';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type DataSource } from 'typeorm';
import { bootstrap } from '../src/bootstrap/bootstrap.js';
import { createApp } from '../src/create-app.js';
import { createIdentity } from './identities.js';

export const ADMIN = { login: 'admin', password: 'correct horse battery' };

/** The whole API on a database of its own, asked in-process. */
export interface TestApi {
  readonly app: NestFastifyApplication;
  readonly platform: Platform;
  readonly dataSource: DataSource;
  /** The first administrator. */
  readonly admin: ApiClient;
  /** Nobody in particular. */
  readonly anonymous: ApiClient;
  /** Somebody new with exactly these grants. */
  withGrants(grants: readonly Grant[]): Promise<ApiClient>;
  withToken(token: string | null): ApiClient;
  close(): Promise<void>;
}

/** `settings`: variables over those of every test. */
export async function startTestApi(
  options: TestDatabaseOptions = {},
  settings: Readonly<Record<string, string>> = {},
): Promise<TestApi> {
  const database = await createTestDatabase(options);
  const directory = await mkdtemp(join(tmpdir(), 'attune-api-'));
  const platform = await createPlatform(database.url, directory, settings);
  await bootstrap(platform);
  const app = await createApp(platform);
  const withToken = (token: string | null): ApiClient => strictClient(app, token);
  const anonymous = withToken(null);
  const { access_token: token } = await anonymous.call(operations.login, { body: ADMIN });
  return {
    app,
    platform,
    dataSource: platform.dataSource,
    admin: withToken(token),
    anonymous,
    withToken,
    withGrants: async (grants) => withToken((await createIdentity(platform, grants)).token),
    close: async () => {
      await app.close();
      await database.drop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Another process of the same API: on the same database, knowing nothing of the first. */
export async function startSecondApi({ platform: { config } }: TestApi): Promise<Pick<TestApi, 'withToken' | 'close'>> {
  const app = await createApp(await createPlatform(config.database.url ?? '', config.dataDir));
  return { withToken: (token) => strictClient(app, token), close: () => app.close() };
}

/** What `runService` gives a service. */
export async function createPlatform(
  url: string,
  directory: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<Platform> {
  const config = loadConfig({
    directory,
    environment: {
      ATTUNE__DATABASE__URL: url,
      ATTUNE__DATA_DIR: directory,
      ATTUNE__BOOTSTRAP__LOGIN: ADMIN.login,
      ATTUNE__BOOTSTRAP__PASSWORD: ADMIN.password,
      ATTUNE__LOG__LEVEL: process.env['ATTUNE_TEST_LOG'] ?? 'fatal',
      ...settings,
    },
  });
  const logger = createLogger('api', config.log);
  const dataSource = await createDataSource({ url }).initialize();
  return { service: 'api', config, logger, dataSource, listener: new DatabaseListener(url, logger) };
}

/** A client that also insists that an answer holds nothing the contract does not name. */
function strictClient(app: NestFastifyApplication, token: string | null): ApiClient {
  const call = async (operation: AnyOperation, ...input: unknown[]): Promise<unknown> => {
    let text = '';
    const client = createClient({
      baseUrl: 'http://attune.test',
      token: () => token,
      fetch: async (url, init) => {
        const answer = await app.inject({
          payloadAsStream: operation.success.shape === 'sse',
          method: init.method as 'GET',
          url: url.replace('http://attune.test', ''),
          ...(await sentOf(init)),
        });
        const { statusCode, headers } = answer;
        // A stream of events has no end; that it has begun is enough.
        if (operation.success.shape === 'sse' && statusCode === operation.success.status) answer.stream().destroy();
        const payload = operation.success.shape === 'sse' ? '' : answer.payload;
        text = payload;
        return new Response(payload === '' ? null : payload, {
          status: statusCode,
          headers: { 'content-type': String(headers['content-type']) },
        });
      },
    });
    const result: unknown = await client.call(operation as typeof operations.getHealth, ...(input as []));
    if (!('model' in operation.success)) return result;
    const answer = JSON.parse(text) as { data: unknown };
    expect(operation.success.shape === 'data' ? answer.data : answer).toEqual(result);
    return result;
  };
  return { call } as ApiClient;
}

/** A request as `fetch` would send it: forms get their boundary, and everything is bytes. */
async function sentOf({ headers, body }: RequestInit): Promise<{ headers: Record<string, string>; payload?: Buffer }> {
  const given = headers as Record<string, string>;
  if (body === undefined || body === null) return { headers: given };
  const sent = new Response(body);
  const type = body instanceof FormData ? sent.headers.get('content-type') : null;
  const payload = Buffer.from(await sent.arrayBuffer());
  return { headers: { ...given, ...(type !== null && { 'content-type': type }) }, payload };
}
