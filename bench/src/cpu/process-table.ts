import { readdir, readFile } from 'node:fs/promises';

/** Linux counts CPU time in ticks of 10 ms on every platform that Node runs on. */
const MICROSECONDS_PER_TICK = 10_000;

/** CPU times (µs) of one process, user and system together. */
export interface ProcessTimes {
  readonly pid: number;
  readonly parent: number;
  /** Its own threads. */
  readonly own: number;
  /** Its children that have ended and were waited for, with their own such children. */
  readonly reaped: number;
}

/** Every process of the machine. One that ends while we look is left out: its parent has its time then, or soon. */
export async function readProcessTable(): Promise<ProcessTimes[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const texts = await Promise.all(names.map((name) => readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')));
  return texts.filter((text) => text !== '').map(parseStat);
}

/** The second field is the program's name in parentheses, in which anything may stand. */
function parseStat(text: string): ProcessTimes {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = (index: number): number => Number(fields[index]) * MICROSECONDS_PER_TICK;
  return {
    pid: Number.parseInt(text, 10),
    parent: Number(fields[1]),
    own: ticks(11) + ticks(12),
    reaped: ticks(13) + ticks(14),
  };
}
