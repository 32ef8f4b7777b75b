import { type CapturedText } from './bounded-capture.js';
import { resultOf } from './execution-result.js';
import { type OutputFormat } from './parse-output.js';
import { type ProcessEnd } from './run-process.js';

interface Given {
  end: ProcessEnd;
  stdout?: string | CapturedText;
  stderr?: string | CapturedText;
  outputFormat?: OutputFormat;
  stoppedBy?: 'user' | 'shutdown';
}

const captured = (text: string | CapturedText = ''): CapturedText =>
  typeof text === 'string' ? { text, truncatedBytes: 0 } : text;

function outcome({
  end,
  stdout,
  stderr,
  outputFormat = 'text',
  stoppedBy = 'user',
}: Given): ReturnType<typeof resultOf> {
  const ran = { type: 'ran', end, durationMs: 12, stdout: captured(stdout), stderr: captured(stderr) } as const;
  return resultOf(ran, { outputFormat, timeoutSeconds: 30, stoppedBy });
}

const exited = (code: number): ProcessEnd => ({ type: 'exited', code });
const lines = (count: number): string => Array.from({ length: count }, (_, index) => `line ${index + 1}\n`).join('');

describe('resultOf', () => {
  it.each<[string, Given, ReturnType<typeof resultOf>]>([
    [
      'a silent success',
      { end: exited(0) },
      { status: 'completed', result: { exit_code: 0, duration_ms: 12, succeeded: true } },
    ],
    [
      'a success with text',
      { end: exited(0), stdout: 'hi\n', stderr: 'note\n' },
      {
        status: 'completed',
        result: { exit_code: 0, duration_ms: 12, succeeded: true, stdout: 'hi\n', stderr: 'note\n' },
      },
    ],
    [
      'a success with data',
      { end: exited(0), stdout: '{"queue_ack": {"done": []}}', outputFormat: 'json' },
      {
        status: 'completed',
        result: {
          exit_code: 0,
          duration_ms: 12,
          succeeded: true,
          data: { queue_ack: { done: [] } },
          queue_ack: { done: [] },
        },
      },
    ],
    [
      'a failure that explains itself',
      { end: exited(2), stdout: '{"a": 1}', stderr: '\nbad thing\nhappened\n', outputFormat: 'json' },
      {
        status: 'failed',
        result: {
          exit_code: 2,
          duration_ms: 12,
          succeeded: false,
          error: 'bad thing\nhappened',
          stdout: '{"a": 1}',
          stderr: '\nbad thing\nhappened\n',
        },
      },
    ],
    [
      'a silent failure',
      { end: exited(2) },
      {
        status: 'failed',
        result: { exit_code: 2, duration_ms: 12, succeeded: false, error: 'Command exited with code 2' },
      },
    ],
    [
      'a signal',
      { end: { type: 'signaled', signal: 9 }, stderr: 'x' },
      {
        status: 'failed',
        result: { exit_code: 137, duration_ms: 12, succeeded: false, error: 'Process killed by signal 9', stderr: 'x' },
      },
    ],
    [
      'a timeout',
      { end: { type: 'timed-out' } },
      {
        status: 'failed',
        result: {
          exit_code: -1,
          duration_ms: 12,
          succeeded: false,
          error: 'Execution timed out after 30 seconds',
          timed_out: true,
        },
      },
    ],
    [
      'a cancellation',
      { end: { type: 'stopped', code: 143 }, stdout: 'half' },
      {
        status: 'cancelled',
        result: {
          exit_code: 143,
          duration_ms: 12,
          succeeded: false,
          error: 'Execution cancelled by user',
          cancelled: true,
          stdout: 'half',
        },
      },
    ],
    [
      'a shutdown of the worker',
      { end: { type: 'stopped', code: 143 }, stoppedBy: 'shutdown' },
      {
        status: 'abandoned',
        result: {
          exit_code: 143,
          duration_ms: 12,
          succeeded: false,
          error: 'Execution stopped because its worker shut down',
        },
      },
    ],
  ])('describes %s', (_, given, expected) => {
    expect(outcome(given)).toEqual(expected);
  });

  it('stays completed when the output cannot be parsed', () => {
    const { status, result } = outcome({ end: exited(0), stdout: 'oops', outputFormat: 'json' });
    expect(status).toBe('completed');
    expect(result).toMatchObject({ succeeded: true, stdout: 'oops', output_parse_error: expect.any(String) as string });
    expect(result).not.toHaveProperty('data');
  });

  it('shortens an error of more than five lines to its last one', () => {
    expect(outcome({ end: exited(1), stderr: lines(5) }).result['error']).toBe(lines(5).trim());
    expect(outcome({ end: exited(1), stderr: lines(6) + '\n\n' }).result['error']).toBe('line 6');
  });

  it('explains a failure by what was said, not by how much of it was dropped', () => {
    const text = `${lines(6)}the reason\n\n[OUTPUT TRUNCATED: stderr exceeded size limit]\n`;
    const { result } = outcome({ end: exited(1), stderr: { text, truncatedBytes: 9 } });
    expect(result).toMatchObject({ error: 'the reason', stderr: text, stderr_truncated: true });
  });

  it('says how much of a stream was not kept', () => {
    const { result } = outcome({
      end: exited(1),
      stdout: { text: 'a', truncatedBytes: 5 },
      stderr: { text: 'b', truncatedBytes: 6 },
    });
    expect(result).toMatchObject({
      stdout_truncated: true,
      stdout_bytes_truncated: 5,
      stderr_truncated: true,
      stderr_bytes_truncated: 6,
    });
  });

  it('keeps the last 256 KiB of a stream when the result would be over 1 MiB', () => {
    const text = 'a€'.repeat(400_000);
    const { result } = outcome({ end: exited(0), stdout: { text, truncatedBytes: 10 } });
    const kept = result['stdout'] as string;
    expect(text.endsWith(kept)).toBe(true);
    expect(Buffer.byteLength(kept)).toBeGreaterThan(256 * 1024 - 4);
    expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(256 * 1024);
    expect(result).toMatchObject({
      stdout_truncated: true,
      stdout_bytes_truncated: 1_600_000 - Buffer.byteLength(kept) + 10,
    });
  });

  it('never cuts data', () => {
    const data = 'x'.repeat(2_000_000);
    expect(outcome({ end: exited(0), stdout: JSON.stringify(data), outputFormat: 'json' }).result['data']).toBe(data);
  });
});
