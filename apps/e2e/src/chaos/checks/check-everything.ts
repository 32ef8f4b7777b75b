import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '@attune/testing';
import type pg from 'pg';
import { type ChaosProduct } from '../product/chaos-product.js';
import { type Finding } from './finding.js';
import { INVARIANTS } from './invariants/invariants.js';
import { type KnownFacts, prepareTables } from './prepare-tables.js';
import { processesOfRun } from './processes-of-run.js';
import { unexpectedLogLines } from './unexpected-log-lines.js';

/** As many of one kind as a reader wants to see. */
const SHOWN_OF_EACH = 20;

/** The database at rest against everything that was promised. */
export async function checkDatabase(db: pg.Client, facts: KnownFacts): Promise<Finding[]> {
  await prepareTables(db, facts);
  const findings: Finding[] = [];
  for (const { name, statement } of INVARIANTS) {
    const { rows } = await db.query<{ text: string; ids: (string | null)[] }>(statement);
    findings.push(...rows.slice(0, SHOWN_OF_EACH).map(({ text, ids }) => ({ invariant: name, text, ids: known(ids) })));
  }
  return findings;
}

const known = (ids: readonly (string | null)[]): number[] => ids.filter((id) => id !== null).map(Number);

/** Executions by action and status, for the report. */
export async function countExecutions(db: pg.Client, began: string): Promise<Record<string, number>> {
  const { rows } = await db.query<{ status: string; n: number }>(
    `select x.status::text as status, count(*)::int as n
     from execution as x
     where x.created >= $1
     group by x.status
     order by x.status`,
    [began],
  );
  return Object.fromEntries(rows.map(({ status, n }) => [status, n]));
}

/** With the services still there: no action may run any more. A killed group is given the time between TERM and KILL. */
export async function checkActionProcesses({ installation }: ChaosProduct): Promise<Finding[]> {
  const actions = async () => (await processesOfRun(installation.folder)).filter(({ execution }) => execution !== null);
  const left = await eventually(async () => {
    const found = await actions();
    if (found.length > 0) throw new Error('not yet');
    return found;
  }, 15_000).catch(actions);
  return left.map(({ pid, command, execution }) => ({
    invariant: 'no action outlives its execution',
    text: `process ${pid} still runs: ${command}`,
    ids: execution === null ? [] : [execution],
  }));
}

/** After the services were told to leave: exit codes, processes, and what they said in all their lives. */
export async function checkEnd(product: ChaosProduct): Promise<Finding[]> {
  const codes = await product.endServices();
  const findings: Finding[] = [...codes]
    .filter(([, code]) => code !== 0)
    .map(([name, code]) => ({
      invariant: 'a service leaves when it is told to',
      text: `${name} left with exit code ${code ?? 'none'}`,
      ids: [],
    }));
  for (const { name, incidents } of product.services.values()) {
    findings.push(...incidents.map((text) => ({ invariant: `${name} stays`, text, ids: [] })));
  }
  for (const { pid, command } of await processesOfRun(product.installation.folder)) {
    findings.push({ invariant: 'nothing stays behind', text: `process ${pid} still runs: ${command}`, ids: [] });
  }
  return [...findings, ...(await checkLogs(product.logFolder))];
}

async function checkLogs(folder: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.log'))) {
    const lines = unexpectedLogLines(await readFile(join(folder, name), 'utf8'));
    findings.push(
      ...lines
        .slice(0, SHOWN_OF_EACH)
        .map((line) => ({ invariant: 'the log tells of nothing unexpected', text: `${name}: ${line}`, ids: [] })),
    );
  }
  return findings;
}
