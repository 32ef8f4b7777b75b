import { startBareServer } from './bare-api/start-bare-server.js';
import { fillHistory } from './history/fill-history.js';
import { type LoadGenerator, startLoadGenerator } from './load/load-generator.js';
import { type ApiCase, apiCases } from './measure/api-cases.js';
import { webhookSource } from './measure/event-source.js';
import {
  API_CONNECTIONS,
  type MeasuredProcesses,
  measureSide,
  type Side,
  type SideRate,
  sidesOf,
} from './measure/api-sides.js';
import { type Amount, measureThroughput } from './measure/throughput.js';
import { type BenchOptions, readOptions } from './options.js';
import { type ProductUnderTest, startProductUnderTest } from './product/product-under-test.js';
import { createScenario } from './product/scenario.js';
import { reportSides } from './report/report-sides.js';
import { Report } from './report/report.js';
import { type BenchServer, openBenchServer } from './server/bench-server.js';

/** Each side is measured so often, one after the other, so that a neighbour's noise meets both. */
const ROUNDS = 5;

/** Logins at the same moment count as failures until they have succeeded: more of them than anybody sends from one address. */
const MORE_LOGINS = { ATTUNE__SECURITY__LOGIN_THROTTLE__PER_LOGIN_AND_ADDRESS: '1000' };

/** Requests before each measurement. */
const WARM_UP = 200;

/** Requests a second of the API over those of a bare handler, with as many stored executions as `--sizes` says last. */
async function main(): Promise<void> {
  const options = readOptions();
  const report = new Report(options.jsonPath);
  const server = await openBenchServer(options);
  const { slots } = options;
  const environment = { ...MORE_LOGINS, ...options.environment };
  try {
    const product = await startProductUnderTest(server, { name: 'api', slots, environment });
    const generator = startLoadGenerator();
    try {
      report.section(`${server.description}; ${API_CONNECTIONS} connections`);
      await measureAll({ server, product }, generator, options, report);
    } finally {
      generator.stop();
      await product.stop();
    }
  } finally {
    await server.stop();
    await report.save();
  }
}

async function measureAll(
  { server, product }: { server: BenchServer; product: ProductUnderTest },
  generator: LoadGenerator,
  options: BenchOptions,
  report: Report,
): Promise<void> {
  const scenario = await createScenario(product.client, 'noop', 'core.noop');
  const webhook = webhookSource(product, scenario, 1);
  await measureThroughput(product, generator, webhook, { seconds: 0, executions: 1 }); // makes the one to copy
  await product.stopEngine(); // what it does with the requests is measured by bench:engine
  const size = options.sizes.at(-1) ?? 0;
  await fillHistory(product.databaseUrl, size);
  report.line('stored executions', String(size));
  const bare = await startBareServer(product.databaseUrl, product.jwtSecret);
  try {
    const { rows } = await product.database.query<{ id: string }>(
      `select e.id from execution as e where e.created < now() - interval '3 days' order by e.created desc limit 1`,
    );
    const ownPids = { api: product.apiPid, bare: bare.pid, bareOnOurTables: bare.pid };
    const processes = { postmasterPid: server.postmasterPid, ownPids };
    const cases = apiCases(product, bare.port, scenario, Number(rows[0]?.id));
    for (const one of cases.filter(({ name }) => options.only === null || options.only.has(name))) {
      await compare(one, generator, processes, { report, amount: options.amount });
    }
  } finally {
    bare.stop();
  }
}

async function compare(
  one: ApiCase,
  generator: LoadGenerator,
  { postmasterPid, ownPids }: MeasuredProcesses,
  { report, amount }: { report: Report; amount: Amount },
): Promise<void> {
  const sides = sidesOf(one);
  const measure = (side: Side, count: number): Promise<SideRate> =>
    measureSide(generator, sides[side] ?? one.product, { count, own: ownPids[side], database: postmasterPid });
  const names = Object.keys(sides) as Side[];
  const counts: Partial<Record<Side, number>> = {};
  const rounds: Partial<Record<Side, SideRate[]>> = {};
  for (const side of names) {
    await measure(side, WARM_UP);
    counts[side] = Math.max(100, Math.round(((await measure(side, WARM_UP)).perSecond * amount.seconds) / ROUNDS));
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const side of names) (rounds[side] ??= []).push(await measure(side, counts[side] ?? WARM_UP));
  }
  reportSides(report, one.name, rounds);
}

await main();
