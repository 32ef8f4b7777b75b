import { readdir, readFile } from 'node:fs/promises';
import { RUN_VARIABLE } from '../product/chaos-product.js';

export interface RunProcess {
  readonly pid: number;
  readonly command: string;
  /** Of the execution it belongs to; null: a service, or a helper of one. */
  readonly execution: number | null;
}

/** The living processes of a run, known by a variable that they all inherit. None where there is no /proc. */
export async function processesOfRun(run: string): Promise<RunProcess[]> {
  const names = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(names.map((name) => inspect(Number(name), run)));
  return found.filter((each) => each !== null);
}

async function inspect(pid: number, run: string): Promise<RunProcess | null> {
  try {
    const variables = (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0');
    if (!variables.includes(`${RUN_VARIABLE}=${run}`)) return null;
    const execution = variables.find((each) => each.startsWith('ATTUNE_EXEC_ID='))?.split('=')[1];
    const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim();
    return { pid, command, execution: execution === undefined ? null : Number(execution) };
  } catch {
    return null; // gone meanwhile, or somebody else's
  }
}
