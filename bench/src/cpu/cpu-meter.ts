import { readMachineBusy } from './machine-times.js';
import { type ProcessTimes, readProcessTable } from './process-table.js';

/** A process to watch. Null: it is on another machine. */
export interface WatchedProcess {
  readonly name: string;
  readonly pid: number | null;
  /** `tree`: with everything below it. `apart`: what is below it is a group of its own, called `childrenName`. */
  readonly children: 'tree' | { readonly apart: string };
}

/** CPU time (µs) by group, from one moment to another. */
export interface CpuUse {
  readonly groups: Readonly<Record<string, number>>;
  /** Of the whole machine, whoever used it. */
  readonly machine: number;
}

/** Reads what groups of processes have used, children that ended included. */
export class CpuMeter {
  constructor(private readonly watched: readonly WatchedProcess[]) {}

  /** @returns what tells the use since now */
  async start(): Promise<() => Promise<CpuUse>> {
    const before = await this.read();
    return async () => {
      const after = await this.read();
      const groups = Object.entries(after.groups).map(([name, used]) => [name, used - (before.groups[name] ?? 0)]);
      return { groups: Object.fromEntries(groups) as CpuUse['groups'], machine: after.machine - before.machine };
    };
  }

  private async read(): Promise<CpuUse> {
    const table = await readProcessTable();
    const groups: Record<string, number> = {};
    for (const { name, pid, children } of this.watched) {
      const root = table.find((process) => process.pid === pid);
      if (!root) continue;
      const below = root.reaped + sum(descendants(table, root.pid).map(({ own, reaped }) => own + reaped));
      groups[name] = root.own + (children === 'tree' ? below : 0);
      if (children !== 'tree') groups[children.apart] = below;
    }
    return { groups, machine: await readMachineBusy() };
  }
}

function descendants(table: readonly ProcessTimes[], root: number): ProcessTimes[] {
  const children = table.filter(({ parent }) => parent === root);
  return children.flatMap((child) => [child, ...descendants(table, child.pid)]);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
