// Starts processes for the worker. A fork copies the page tables of its parent, so this small process does it many times faster than
// the worker itself.
//
// Requests come in on descriptor 3 and answers go out on descriptor 4, one line of JSON each: for {id, command, args, cwd, env, stdin,
// stdout, stderr} first {id, pid} or {id, error}, and at the end of the process {id, code, signal}. The worker signals the
// processes by itself. When it is gone, this process leaves too; what it has started goes on.
import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { closeSync, constants, openSync, unlinkSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';

const REQUESTS = 3;
const ANSWERS = 4;

function launch({ id, command, args, cwd, env, stdin, stdout, stderr }) {
  const opened = [];
  let child;
  try {
    const stdio = [
      stdin === null ? 'ignore' : openToRead(stdin, opened),
      ...[stdout, stderr].map((name) => openToWrite(name, opened)),
    ];
    child = spawn(command, args, { cwd, env, detached: true, stdio });
  } catch (error) {
    refuse(id, error);
    return;
  } finally {
    for (const fd of opened) closeSync(fd);
    for (const name of [stdin, stdout, stderr]) if (name !== null) remove(name);
  }
  if (child.pid === undefined) {
    child.once('error', (error) => refuse(id, error));
    return;
  }
  child.once('exit', (code, signal) => answer({ id, code, signal }));
  // The worker never heard of a process that it cannot be told of.
  answer({ id, pid: child.pid }, () => process.kill(-child.pid, 'SIGKILL'));
}

function openToRead(name, opened) {
  const fd = openSync(name, constants.O_RDONLY);
  opened.push(fd);
  return fd;
}

/** Without a reader the opening of a named pipe would wait for one for ever, were the worker gone: there is one, for a moment. */
function openToWrite(name, opened) {
  const reader = openSync(name, constants.O_RDWR);
  try {
    const fd = openSync(name, constants.O_WRONLY);
    opened.push(fd);
    return fd;
  } finally {
    closeSync(reader);
  }
}

function remove(name) {
  try {
    unlinkSync(name);
  } catch {
    // Nothing more can be done about it here, and the worker removes its whole directory.
  }
}

function refuse(id, { code, message }) {
  answer({ id, error: { code, message } });
}

function answer(what, onFailure) {
  try {
    for (let rest = Buffer.from(`${JSON.stringify(what)}\n`); rest.length > 0;)
      rest = rest.subarray(writeSync(ANSWERS, rest));
  } catch {
    onFailure?.();
    process.exit(0);
  }
}

const buffer = Buffer.allocUnsafeSlow(64 * 1024);
let begun = [];

function receive(length) {
  let start = 0;
  for (;;) {
    const end = buffer.subarray(0, length).indexOf(10, start);
    if (end === -1) break;
    const line = Buffer.concat([...begun, buffer.subarray(start, end)]).toString('utf8');
    begun = [];
    start = end + 1;
    launch(JSON.parse(line));
  }
  if (start < length) begun.push(Buffer.from(buffer.subarray(start, length)));
  return true;
}

// Its end is the end of the worker, which goes on for a while when everybody is asked to stop.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => undefined);

const leave = () => process.exit(0);
const requests = new Socket({ fd: REQUESTS, readable: true, writable: false, onread: { buffer, callback: receive } });
requests.on('end', leave).on('close', leave).on('error', leave).resume();
answer({ isReady: true });
