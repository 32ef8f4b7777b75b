import { type LoadGenerator } from '../load/load-generator.js';
import { type LoadRequest } from '../load/load-command.js';

export interface RequestRate {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** One after the other on each connection, as fast as answers come. */
export async function measureRequests(
  generator: LoadGenerator,
  request: LoadRequest,
  { count, connections }: { count: number; connections: number },
): Promise<RequestRate> {
  const { firstSentAt, lastAnsweredAt, latencies } = await generator.run({
    request,
    count,
    connections,
    perSecond: null,
  });
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
  return { perSecond: (count * 1_000) / (lastAnsweredAt - firstSentAt), p50Ms: at(0.5), p99Ms: at(0.99) };
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
