import { type Logger } from '@attune/common';
import { type DataSource } from 'typeorm';
import { type ResultWriter } from '../executions/result-writer.js';
import { listBegun } from '../executions/sql/running-executions.sql.js';

/**
 * Ends what an earlier process of this worker had begun and not ended: nobody knows how far it came, so it is abandoned (cancelled, if
 * that was asked for) and never started again. To be called before anything is claimed.
 */
export async function abandonLeftBehind(
  dataSource: DataSource,
  writer: ResultWriter,
  logger: Logger,
  worker: { readonly id: number; readonly name: string },
): Promise<void> {
  const left = await listBegun(dataSource, worker.id);
  if (left.length === 0) return;
  logger.warn({ executions: left.length }, 'abandoning executions of an earlier process of this worker');
  const redacted = {
    succeeded: false,
    error: 'Execution abandoned because its worker became unavailable while running',
    abandoned_by: 'worker',
    original_status: 'running',
    worker: { id: worker.id, name: worker.name },
    reconciled_at: new Date().toISOString(),
  };
  await Promise.all(
    left.map((execution) =>
      writer.write({ execution, worker: worker.id, status: 'abandoned', result: { redacted, secrets: [] } }),
    ),
  );
}
