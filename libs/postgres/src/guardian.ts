import { spawn } from 'node:child_process';
import { Socket } from 'node:net';

/**
 * Waits for the end of its standard input. A line means an orderly end. End of file without one means that the process holding the other
 * end died, however: then the server is asked to shut down (unless its id has gone to another process), and a throw-away directory removed.
 */
const SCRIPT = `
read -r word
[ "$word" = done ] && exit 0
pid=$1 pidfile=$2 grace=$3 remove=$4
sleep "$grace"
if [ "$(head -n 1 "$pidfile" 2>/dev/null)" = "$pid" ]; then
  kill -INT "$pid"
  while [ -e "$pidfile" ] && kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
fi
[ -n "$remove" ] && rm -rf "$remove"
`;

/** What the guardian of one server needs. */
export interface Charge {
  readonly pid: number;
  readonly pidFile: string;
  /** How long (seconds) after our death the server lives on, so that children of ours can end their work. */
  readonly graceSeconds: number;
  /** Removed after our death, null = nothing is. */
  readonly remove: string | null;
}

/** Starts the process that outlives us. The returned function dismisses it; call it once the server has ended. */
export function postGuardian(charge: Charge): () => void {
  const args = [String(charge.pid), charge.pidFile, String(charge.graceSeconds), charge.remove ?? ''];
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'attune-postgres-guardian', ...args], {
    cwd: '/',
    detached: true, // out of reach of Ctrl-C, which goes to the whole foreground group
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.on('error', () => undefined); // no shell: we lose the tidy-up after a crash, the next start settles it
  child.stdin.on('error', () => undefined);
  child.unref();
  // A pipe of a child is a socket in Node; without this an idle caller would never exit by itself.
  if (child.stdin instanceof Socket) child.stdin.unref();
  return () => void child.stdin.end('done\n');
}
