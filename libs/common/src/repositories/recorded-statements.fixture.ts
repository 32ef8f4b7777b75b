import { type DataSource } from 'typeorm';

export interface RecordedStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Runs `work` and tells which statements it sent outside of a transaction. */
export async function recordStatements(
  dataSource: DataSource,
  work: () => Promise<unknown>,
): Promise<RecordedStatement[]> {
  const recorded: RecordedStatement[] = [];
  const createQueryRunner = dataSource.createQueryRunner.bind(dataSource);
  dataSource.createQueryRunner = (mode) => {
    const runner = createQueryRunner(mode);
    const query = runner.query.bind(runner);
    runner.query = (text: string, values?: unknown[], useStructuredResult?: boolean) => {
      recorded.push({ text, values: values ?? [] });
      return query(text, values, useStructuredResult as true);
    };
    return runner;
  };
  try {
    await work();
  } finally {
    dataSource.createQueryRunner = createQueryRunner;
  }
  return recorded;
}

/** The partitions or chunks that a statement really scans, once each. */
export async function scannedChunks(dataSource: DataSource, { text, values }: RecordedStatement): Promise<string[]> {
  const rows = await dataSource.query<{ 'QUERY PLAN': string }[]>(`explain (analyze, costs off, timing off) ${text}`, [
    ...values,
  ]);
  const scanned = rows
    .map((row) => row['QUERY PLAN'])
    .filter((line) => !/never executed|Bitmap Index Scan/.test(line))
    .flatMap((line) => / Scan.* on (?:\w+\.)?(\S+)/.exec(line)?.[1] ?? []);
  return [...new Set(scanned)];
}
