import { CpuMeter } from '../cpu/cpu-meter.js';
import { type LoadGenerator } from '../load/load-generator.js';
import { type LoadRequest } from '../load/load-command.js';
import { type ApiCase } from './api-cases.js';
import { measureRequests, type RequestRate } from './request-rate.js';

/** More only wait: the product and the bare handler have ten connections to the database each. */
export const API_CONNECTIONS = 16;

export type Side = 'api' | 'bare' | 'bareOnOurTables';

/** Whose CPU time is read. */
export interface MeasuredProcesses {
  /** Null when the server is on another machine. */
  readonly postmasterPid: number | null;
  readonly ownPids: Readonly<Record<Side, number>>;
}

/** CPU times are µs for each request; of the database it is all it did meanwhile. */
export interface SideRate extends RequestRate {
  readonly ownCpu: number;
  readonly databaseCpu: number;
}

/** The sides of a case, in the order they take turns. */
export const sidesOf = ({ product, bare, bareOnOurTables }: ApiCase): Partial<Record<Side, LoadRequest>> => ({
  api: product,
  bare,
  ...(bareOnOurTables && { bareOnOurTables }),
});

export async function measureSide(
  generator: LoadGenerator,
  request: LoadRequest,
  { count, own, database }: { count: number; own: number; database: number | null },
): Promise<SideRate> {
  const meter = new CpuMeter([
    { name: 'own', pid: own, children: 'tree' },
    { name: 'database', pid: database, children: 'tree' },
  ]);
  const end = await meter.start();
  const rate = await measureRequests(generator, request, { count, connections: API_CONNECTIONS });
  const { groups } = await end();
  return { ...rate, ownCpu: (groups['own'] ?? NaN) / count, databaseCpu: (groups['database'] ?? NaN) / count };
}
