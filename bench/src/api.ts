import { startBareServer } from './bare-api/start-bare-server.js';
import { fillHistory } from './history/fill-history.js';
import { type LoadGenerator, startLoadGenerator } from './load/load-generator.js';
import { type ApiCase, apiCases } from './measure/api-cases.js';
import { webhookSource } from './measure/event-source.js';
import { measureRequests, median, type RequestRate } from './measure/request-rate.js';
import { measureThroughput } from './measure/throughput.js';
import { type BenchOptions, readOptions } from './options.js';
import { type ProductUnderTest, startProductUnderTest } from './product/product-under-test.js';
import { createScenario } from './product/scenario.js';
import { Report } from './report/report.js';
import { openBenchServer } from './server/bench-server.js';

/** Each side is measured so often, one after the other, so that a neighbour's noise meets both. */
const ROUNDS = 5;

/** More only wait: the product and the bare handler have ten connections to the database each. */
const CONNECTIONS = 16;

/** Requests a second of the API over those of a bare handler, with as many stored executions as `--sizes` says last. */
async function main(): Promise<void> {
  const options = readOptions();
  const report = new Report(options.jsonPath);
  const server = await openBenchServer(options);
  const { slots, environment } = options;
  try {
    const product = await startProductUnderTest(server, { name: 'api', slots, environment });
    const generator = startLoadGenerator();
    try {
      report.section(`${server.description}; ${CONNECTIONS} connections`);
      await measureAll(product, generator, options, report);
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
  product: ProductUnderTest,
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
    const cases = apiCases(product, bare.port, scenario, Number(rows[0]?.id));
    for (const one of cases.filter(({ name }) => options.only === null || options.only.has(name))) {
      await compare(one, generator, options, report);
    }
  } finally {
    bare.stop();
  }
}

async function compare(
  { name, ...sides }: ApiCase,
  generator: LoadGenerator,
  { amount }: BenchOptions,
  report: Report,
): Promise<void> {
  const rounds: Record<'product' | 'bare', RequestRate[]> = { product: [], bare: [] };
  const counts = { product: 0, bare: 0 };
  for (const side of ['product', 'bare'] as const) {
    const warmUp = { count: 200, connections: CONNECTIONS };
    await measureRequests(generator, sides[side], warmUp);
    const { perSecond } = await measureRequests(generator, sides[side], warmUp);
    counts[side] = Math.max(100, Math.round((perSecond * amount.seconds) / ROUNDS));
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const side of ['product', 'bare'] as const) {
      const rate = await measureRequests(generator, sides[side], { count: counts[side], connections: CONNECTIONS });
      rounds[side].push(rate);
    }
  }
  const ratios = rounds.product.map(({ perSecond }, round) => perSecond / (rounds.bare[round]?.perSecond ?? NaN));
  report.line(`${name}: API`, describe(rounds.product));
  report.line(`${name}: bare handler`, describe(rounds.bare));
  report.line(
    `${name}: API over bare handler`,
    `${median(ratios).toFixed(2)} (${ratios.map((r) => r.toFixed(2)).join(', ')})`,
  );
  report.keep('api', { name, ...rounds, ratio: median(ratios) });
}

function describe(rates: readonly RequestRate[]): string {
  const of = (pick: (rate: RequestRate) => number): number => median(rates.map(pick));
  const [p50, p99] = [of(({ p50Ms }) => p50Ms), of(({ p99Ms }) => p99Ms)];
  return `${of(({ perSecond }) => perSecond).toFixed(0)}/s, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
}

await main();
