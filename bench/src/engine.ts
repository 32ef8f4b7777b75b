import { parseArgs } from 'node:util';
import { measureIdleLatency, measureThroughput } from './load.js';
import { insertCommitsPerSecond } from './pgbench.js';
import { startProductUnderTest } from './product-under-test.js';

/**
 * Measures the whole path, webhook → event → rule → execution → worker → completed, for `core.noop`, next to what the
 * same database does with bare insert-commits in the same run. Absolute figures say little; the ratios can be compared.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      events: { type: 'string', default: '1000' },
      connections: { type: 'string', default: '16' },
      samples: { type: 'string', default: '50' },
    },
  });
  const product = await startProductUnderTest();
  try {
    const one = await insertCommitsPerSecond(product.databaseUrl, { clients: 1, seconds: 5 });
    const eight = await insertCommitsPerSecond(product.databaseUrl, { clients: 8, seconds: 5 });
    await measureThroughput(product, 50, 4); // warm up: compiled code, cached plans
    const latency = await measureIdleLatency(product, Number(values.samples));
    const throughput = await measureThroughput(product, Number(values.events), Number(values.connections));
    report([
      ['pgbench insert-commit/s, 1 client', one?.toFixed(0) ?? 'pgbench is not installed'],
      ['pgbench insert-commit/s, 8 clients', eight?.toFixed(0) ?? 'pgbench is not installed'],
      ['webhook → completed, idle, p50', `${latency.p50Ms.toFixed(1)} ms`],
      ['webhook → completed, idle, p99', `${latency.p99Ms.toFixed(1)} ms`],
      [`webhook posts/s, ${values.connections} connections`, throughput.postsPerSecond.toFixed(0)],
      ['events/s from post to completed', throughput.completedPerSecond.toFixed(0)],
      ['events/s per insert-commit/s (8 clients)', eight ? (throughput.completedPerSecond / eight).toFixed(4) : '–'],
    ]);
  } finally {
    await product.stop();
  }
}

function report(rows: readonly (readonly [string, string])[]): void {
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, value] of rows) console.log(`${name.padEnd(width)}  ${value}`);
}

await main();
