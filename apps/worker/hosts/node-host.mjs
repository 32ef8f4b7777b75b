// Calls the functions of one pack for the worker, one at a time, and keeps their modules loaded.
//
// Requests come in on descriptor 3 and answers go out on descriptor 4, one line of JSON each, so nothing a function prints can
// be taken for an answer. A function that exits, crashes or is killed takes this process with it; the worker starts another one.
// Runs with Node.js 18 and later, whichever the pack's runtime names.
import { Buffer } from 'node:buffer';
import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';

const REQUESTS = 3;
const ANSWERS = 4;
/** Exit code of what was ended by SIGTERM. */
const TERMINATED = 143;
/** A longer text goes through standard output, where the worker bounds it. */
const MAX_TEXT = 32 * 1024;
const MAX_MESSAGE = 64 * 1024;
/** Variables that only say which execution this is may wait for the next one; all others go when the function ends. */
const LASTING = /^ATTUNE_(?!API_TOKEN$)/;

const maxDataBytes = Number(process.argv[2]);
const packDirectory = process.cwd();
const { env, stdout, stderr } = process;
const isMessage = (error) => typeof error === 'object' && error !== null && typeof error.message === 'string';

/** What the function is told about its execution. */
class Context {
  #call;
  #controller = null;
  #abort = null;
  #isOver = false;

  constructor(platform, variables, call) {
    this.#call = call;
    this.executionId = Number(platform.ATTUNE_EXEC_ID);
    this.actionRef = platform.ATTUNE_ACTION;
    this.packRef = env.ATTUNE_PACK_REF;
    this.ruleRef = platform.ATTUNE_RULE ?? null;
    this.triggerRef = platform.ATTUNE_TRIGGER ?? null;
    this.apiUrl = env.ATTUNE_API_URL ?? null;
    this.apiToken = platform.ATTUNE_API_TOKEN ?? null;
    this.env = variables;
  }

  /** Aborted when the execution is cancelled or took too long. Who never asks for it is simply ended by SIGTERM. */
  get signal() {
    if (this.#controller === null) {
      this.#controller = new globalThis.AbortController();
      this.#abort = () => this.#controller.abort();
      if (!this.#isOver) process.once('SIGTERM', this.#abort);
    }
    return this.#controller.signal;
  }

  static callOf(context) {
    return context.#call;
  }

  static isAborted(context) {
    return context.#controller?.signal.aborted === true;
  }

  static end(context) {
    context.#isOver = true;
    if (context.#abort !== null) process.removeListener('SIGTERM', context.#abort);
  }
}

/** The context of the call that goes on. */
let current = null;

/** Functions by the path of their file. */
const functions = new Map();

async function load(file) {
  const module = await import(pathToFileURL(file).href);
  // A CommonJS module is the default export as a whole.
  const candidates = [module.default, module.run, module.default?.run];
  const found = candidates.find((candidate) => typeof candidate === 'function');
  if (found !== undefined) functions.set(file, found);
  return found;
}

async function perform({ call, file, params, isText, variables, platform }) {
  const startedAt = performance.now();
  const context = new Context(platform, variables, call);
  current = context;
  process.exitCode = undefined;
  enterDirectory();
  enterVariables({ ...variables, ...platform });
  let answer;
  try {
    const action = functions.get(file) ?? (await load(file));
    answer =
      action !== undefined
        ? answerOf(await action(params, context), isText)
        : { refused: `${file} exports no function: write export default (params, context) => …` };
  } catch (error) {
    answer = failure(error, context);
  }
  // Somebody else has answered: the process is on its way out.
  if (current !== context) return;
  current = null;
  Context.end(context);
  for (const stream of [stdout, stderr]) if (stream.writableLength > 0) await written(stream);
  leaveVariables();
  send({ call, ms: performance.now() - startedAt, ...answer });
}

function answerOf(value, isText) {
  const code = Number(process.exitCode ?? 0) & 0xff;
  if (value === undefined || (isText && value === null)) return { code };
  if (isText) {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (text.length <= MAX_TEXT) return { code, text };
    stdout.write(text);
    return { code };
  }
  try {
    const data = JSON.stringify(value);
    if (data === undefined) return { code, problem: `the returned value is no JSON but a ${typeof value}` };
    if (data.length * 3 > maxDataBytes && Buffer.byteLength(data) > maxDataBytes) {
      return { code, problem: 'the output exceeded its size limit' };
    }
    return { code, data };
  } catch (error) {
    return { code, problem: `the returned value is no JSON: ${String(error?.message ?? error).split('\n', 1)[0]}` };
  }
}

/** What was thrown goes to standard error as it would from a program; its message becomes the error of the execution. */
function failure(error, context) {
  if (Context.isAborted(context) && (error === context.signal.reason || error?.name === 'AbortError')) {
    return { code: TERMINATED, error: String(error.message) };
  }
  const text = isMessage(error) ? inspect(error) : typeof error === 'string' ? error : `Thrown: ${inspect(error)}`;
  stderr.write(`${text}\n`);
  const message = isMessage(error) ? error.message || String(error.name) : text;
  return { code: Number(process.exitCode ?? 0) & 0xff || 1, error: message.slice(0, MAX_MESSAGE) };
}

const written = (stream) => new Promise((resolve) => stream.write('', resolve));

/** The data is JSON text already. */
function send({ data, ...rest }) {
  const text = JSON.stringify(rest);
  const line = data === undefined ? `${text}\n` : `${text.slice(0, -1)},"data":${data}}\n`;
  try {
    if (line.length < 1024) writeSync(ANSWERS, line);
    else for (let rest = Buffer.from(line); rest.length > 0;) rest = rest.subarray(writeSync(ANSWERS, rest));
  } catch {
    endWithEverybody();
  }
}

/** Variables in force and what was there before them; undefined = nothing. */
const replaced = new Map();

function enterVariables(wanted) {
  for (const name of replaced.keys()) if (!Object.hasOwn(wanted, name)) restore(name);
  for (const [name, value] of Object.entries(wanted)) {
    const now = env[name];
    if (!replaced.has(name)) replaced.set(name, now);
    if (now !== value) env[name] = value;
  }
}

function leaveVariables() {
  for (const name of replaced.keys()) if (!LASTING.test(name)) restore(name);
}

function restore(name) {
  const before = replaced.get(name);
  replaced.delete(name);
  if (before === undefined) delete env[name];
  else env[name] = before;
}

function enterDirectory() {
  try {
    if (process.cwd() !== packDirectory) process.chdir(packDirectory);
  } catch {
    // The pack was removed or replaced; so is this process, soon.
  }
}

/** The worker is gone: whatever the functions have started goes too. */
function endWithEverybody() {
  process.kill(0, 'SIGKILL');
}

process.on('uncaughtException', (error) => {
  const context = current;
  current = null;
  if (context === null) stderr.write(`${inspect(error)}\n`);
  else send({ call: Context.callOf(context), ...failure(error, context), isLeaving: true });
  process.exit(1);
});

// What was printed is with the worker before the answer is, and before an exit.
for (const stream of [stdout, stderr]) stream._handle?.setBlocking?.(true);

const buffer = Buffer.allocUnsafeSlow(64 * 1024);
let begun = [];

function receive(length) {
  let start = 0;
  for (;;) {
    const end = buffer.subarray(0, length).indexOf(10, start);
    if (end === -1) break;
    const line = buffer.toString('utf8', start, end);
    const request = begun.length === 0 ? line : Buffer.concat([...begun, buffer.subarray(start, end)]).toString('utf8');
    begun = [];
    start = end + 1;
    if (request === '"retire"') process.exit(0);
    void perform(JSON.parse(request));
  }
  if (start < length) begun.push(Buffer.from(buffer.subarray(start, length)));
  return true;
}

const requests = new Socket({ fd: REQUESTS, readable: true, writable: false, onread: { buffer, callback: receive } });
requests.on('close', endWithEverybody).on('error', endWithEverybody).resume();
send({ isReady: true });
