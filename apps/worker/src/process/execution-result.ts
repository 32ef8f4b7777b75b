import { Buffer } from 'node:buffer';
import { type Json, type JsonObject, fitsJsonSize, isJsonObject, stringifyJson } from '@attune/engine';
import { type CapturedText, type StreamName, truncationMark } from './bounded-capture.js';
import { type OutputFormat, type ParsedOutput, lastLine, parseOutput } from './parse-output.js';
import { type ProcessEnd, type ProcessOutcome } from './run-process.js';
import { storableText } from './storable-json.js';

const MAX_RESULT_BYTES = 1024 * 1024;
/** What stays of a text in a result that is too large: its end. */
const KEPT_BYTES = 256 * 1024;
/** An error of more lines than this is shortened to its last one. */
const MAX_ERROR_LINES = 5;

export type RunOutcome =
  | { readonly status: 'completed' | 'failed' | 'cancelled'; readonly result: JsonObject }
  /** The worker itself had to stop it. */
  | { readonly status: 'abandoned'; readonly result: JsonObject };

type Ran = Omit<Extract<ProcessOutcome, { type: 'ran' }>, 'type'> & {
  /** What a function gave back instead of printing it; absent for a process, and for a function that never came back. */
  readonly returned?: FunctionReturn;
};

/** How a function came back. */
export interface FunctionReturn {
  readonly output: ParsedOutput;
  /** The message of what it threw; null = it did not. */
  readonly error: string | null;
}

/** The stored result of an action that ran. */
export function resultOf(
  ran: Ran,
  {
    outputFormat,
    timeoutSeconds,
    stoppedBy,
  }: { outputFormat: OutputFormat; timeoutSeconds: number; stoppedBy: 'user' | 'shutdown' },
): RunOutcome {
  const { end } = ran;
  const duration_ms = Math.round(ran.durationMs);
  const isStoppedByUser = end.type === 'stopped' && stoppedBy === 'user';
  if (end.type === 'exited' && end.code === 0) {
    return {
      status: 'completed',
      result: fit({ exit_code: 0, duration_ms, succeeded: true, ...output(ran, outputFormat) }),
    };
  }
  const result = fit({
    exit_code: exitCode(end),
    duration_ms,
    succeeded: false,
    error: errorText(ran, timeoutSeconds, stoppedBy),
    ...(end.type === 'timed-out' ? { timed_out: true } : {}),
    ...(isStoppedByUser ? { cancelled: true } : {}),
    ...(ran.returned?.output.type === 'data' ? dataFields(ran.returned.output.data) : {}),
    ...streamFields('stdout', ran.stdout),
    ...streamFields('stderr', ran.stderr),
  });
  if (end.type !== 'stopped') return { status: 'failed', result };
  return { status: isStoppedByUser ? 'cancelled' : 'abandoned', result };
}

/** The stored result of an action whose process never began. */
export function notStartedResult(error: string): RunOutcome {
  return { status: 'failed', result: { succeeded: false, error: storableText(error) } };
}

function exitCode(end: ProcessEnd): number {
  switch (end.type) {
    case 'exited':
    case 'stopped':
      return end.code;
    case 'signaled':
      return 128 + end.signal;
    case 'timed-out':
      return -1;
  }
}

function errorText({ end, stderr, returned }: Ran, timeoutSeconds: number, stoppedBy: 'user' | 'shutdown'): string {
  switch (end.type) {
    case 'timed-out':
      return `Execution timed out after ${timeoutSeconds} seconds`;
    case 'signaled':
      return `Process killed by signal ${end.signal}`;
    case 'stopped':
      return stoppedBy === 'user' ? 'Execution cancelled by user' : 'Execution stopped because its worker shut down';
    case 'exited': {
      if (returned?.error) return storableText(returned.error);
      const text = withoutMark(stderr).trim();
      if (text === '') return `Command exited with code ${end.code}`;
      return text.split('\n', MAX_ERROR_LINES + 1).length > MAX_ERROR_LINES ? lastLine(text) : text;
    }
  }
}

/** The mark of a truncation explains nothing about a failure. */
function withoutMark({ text, truncatedBytes }: CapturedText): string {
  return truncatedBytes > 0 ? text.replace(truncationMark('stderr'), '') : text;
}

function output({ stdout, stderr, returned }: Ran, format: OutputFormat): JsonObject {
  const parsed = returned?.output ?? parseOutput(stdout, format);
  const messages = streamFields('stderr', stderr);
  if (parsed.type !== 'data') {
    const problem = parsed.type === 'unparsable' ? { output_parse_error: storableText(parsed.error) } : {};
    return { ...problem, ...streamFields('stdout', stdout), ...messages };
  }
  // What a process printed is its data; what a function printed is something else.
  const printed = returned ? streamFields('stdout', stdout) : truncationFields('stdout', stdout.truncatedBytes);
  return { ...dataFields(parsed.data), ...printed, ...messages };
}

function dataFields(data: Json): JsonObject {
  const ack = isJsonObject(data) && data['queue_ack'] !== undefined ? { queue_ack: data['queue_ack'] } : {};
  return { data, ...ack };
}

function streamFields(stream: StreamName, { text, truncatedBytes }: CapturedText): JsonObject {
  return { ...(text === '' ? {} : { [stream]: text }), ...truncationFields(stream, truncatedBytes) };
}

function truncationFields(stream: StreamName, bytes: number): JsonObject {
  return bytes === 0 ? {} : { [`${stream}_truncated`]: true, [`${stream}_bytes_truncated`]: bytes };
}

/** Shortens the texts of a result over 1 MiB to their last 256 KiB each. Parsed data is never cut: half of it would be wrong. */
function fit(result: JsonObject): JsonObject {
  // A character takes at most six bytes, so most results need not be turned into text to know.
  if (fitsJsonSize(result, MAX_RESULT_BYTES / 6)) return result;
  if (Buffer.byteLength(stringifyJson(result)) <= MAX_RESULT_BYTES) return result;
  return { ...result, ...shortened(result, 'stdout'), ...shortened(result, 'stderr'), ...shortenedError(result) };
}

function shortened(result: JsonObject, stream: StreamName): JsonObject {
  const text = result[stream];
  if (typeof text !== 'string') return {};
  const { tail, droppedBytes } = tailOf(text);
  const before = result[`${stream}_bytes_truncated`];
  return { [stream]: tail, ...truncationFields(stream, droppedBytes + (typeof before === 'number' ? before : 0)) };
}

function shortenedError({ error }: JsonObject): JsonObject {
  return typeof error === 'string' ? { error: tailOf(error).tail } : {};
}

function tailOf(text: string): { tail: string; droppedBytes: number } {
  const bytes = Buffer.from(text);
  if (bytes.length <= KEPT_BYTES) return { tail: text, droppedBytes: 0 };
  let start = bytes.length - KEPT_BYTES;
  while (((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return { tail: bytes.toString('utf8', start), droppedBytes: start };
}
