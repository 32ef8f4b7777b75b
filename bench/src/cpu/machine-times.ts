import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';

/** CPU time (µs) that all processors together spent on anything but waiting, since the machine started. */
export async function readMachineBusy(): Promise<number> {
  const [line = ''] = (await readFile('/proc/stat', 'utf8')).split('\n');
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line.split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softirq + steal) * 10_000;
}

export const processorCount = (): number => cpus().length;
