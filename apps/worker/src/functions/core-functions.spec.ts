import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { workspaceRoot } from '@attune/testing';
import { type OutputFormat } from '../process/parse-output.js';
import { type RunOutcome } from '../process/execution-result.js';
import { createFunctionFixture, type FunctionCall, type FunctionFixture } from './function-fixture.js';
import { type FunctionRunner } from './function-runner.js';

let fixture: FunctionFixture;
let runner: FunctionRunner;
let server: Server;
let url: string;

beforeAll(async () => {
  fixture = await createFunctionFixture();
  runner = fixture.functions();
  server = createServer((_request, response) => response.end('{"a":1}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(async () => {
  server.close();
  await fixture.stop();
  expect(await fixture.survivors()).toEqual([]);
  await fixture.remove();
});

const FORMATS: Readonly<Record<string, OutputFormat>> = { http_request: 'json' };
const duration_ms = expect.any(Number) as number;
const success = { exit_code: 0, duration_ms, succeeded: true };

function run(action: string, parameters: FunctionCall['parameters'] = {}, how: FunctionCall = {}): Promise<RunOutcome> {
  return fixture.call(runner, `${action}.mjs`, {
    packDir: join(workspaceRoot(), 'packs/core'),
    packRef: 'core',
    outputFormat: FORMATS[action] ?? 'text',
    parameters,
    ...how,
  });
}

describe('the results of the core pack', () => {
  it('are those of programs: core.noop', async () => {
    const done = 'No operation completed successfully\n';
    expect(await run('noop')).toEqual({ status: 'completed', result: { ...success, stdout: done } });
    expect(await run('noop', { message: 'hi', exit_code: 3 })).toEqual({
      status: 'failed',
      result: {
        exit_code: 3,
        duration_ms,
        succeeded: false,
        error: 'Command exited with code 3',
        stdout: `[NOOP] hi\n${done}`,
      },
    });
    const refusal = "exit_code must be a whole number from 0 to 255, not '256'";
    expect(await run('noop', { exit_code: 256 })).toEqual({
      status: 'failed',
      result: { exit_code: 1, duration_ms, succeeded: false, error: refusal, stderr: `${refusal}\n` },
    });
    expect(await run('noop')).toEqual({ status: 'completed', result: { ...success, stdout: done } });
  });

  it('are those of programs: core.echo', async () => {
    expect((await run('echo', { message: 'grüße\n' })).result).toEqual({ ...success, stdout: 'grüße\n' });
    expect((await run('echo')).result).toEqual(success);
  });

  it('are those of programs: core.http_request', async () => {
    expect((await run('http_request', { url })).result).toEqual({
      ...success,
      data: {
        status_code: 200,
        headers: expect.objectContaining({ 'content-length': '7' }) as object,
        body: '{"a":1}',
        json: { a: 1 },
        elapsed_ms: duration_ms,
        url,
        success: true,
        error: null,
      },
    });
    const { status, result } = await run('http_request', { url: 'ftp://nowhere/' });
    expect({ status, result }).toEqual({
      status: 'failed',
      result: {
        exit_code: 1,
        duration_ms,
        succeeded: false,
        error: 'Unsupported protocol ftp://',
        stdout: expect.stringMatching(/^\{"status_code":0,.*"error":"Unsupported protocol ftp:\/\/"\}$/) as string,
        stderr: 'Unsupported protocol ftp://\n',
      },
    });
  });

  it('are those of programs: core.sleep', async () => {
    expect((await run('sleep', { seconds: 0, message: 'hush' })).result).toEqual({
      ...success,
      stdout: 'hush\nSlept for 0 seconds\n',
    });
    expect(await run('sleep', { seconds: 60 }, { timeoutSeconds: 0.2 })).toMatchObject({
      status: 'failed',
      result: { exit_code: -1, timed_out: true },
    });
  });
});

it('core.sleep ends at once when it is cancelled', async () => {
  const stop = new AbortController();
  runner = fixture.functions({ killGraceMs: 60_000 });
  await run('noop');
  // The only host goes to the sleep; the other call is done by a second one.
  const sleeping = run('sleep', { seconds: 3600 }, { stop: stop.signal });
  await run('noop');
  stop.abort('user');
  expect(await sleeping).toEqual({
    status: 'cancelled',
    result: {
      exit_code: 143,
      duration_ms,
      succeeded: false,
      cancelled: true,
      error: 'Execution cancelled by user',
    },
  });
});
