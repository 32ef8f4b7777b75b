import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Finding } from '../checks/finding.js';
import { type Offer } from '../run/offer.js';
import { type ChaosProduct } from '../product/chaos-product.js';

/** Writes beside the logs what is needed to understand the findings: rows and history of what they name, offers, the journal. */
export async function keepEvidence(
  product: ChaosProduct,
  { findings, offers, began }: { findings: readonly Finding[]; offers: readonly Offer[]; began: string },
): Promise<void> {
  const { installation, logFolder } = product;
  const ids = [...new Set(findings.flatMap((finding) => finding.ids))];
  const executions = await installation.rows(
    'select x.* from execution as x where x.created >= $1 and x.id = any($2)',
    [began, ids],
  );
  const history = await installation.rows(
    `select h.* from execution_history as h where h.time >= $1 and h.entity_id = any($2) order by h.entity_id, h.time`,
    [began, ids],
  );
  const evidence = { findings, executions, history, offers };
  await writeFile(join(logFolder, 'evidence.json'), JSON.stringify(evidence, null, 2));
  await copyFile(product.journal, join(logFolder, 'journal'));
  await copyFile(join(installation.folder, 'postgres/postgres.log'), join(logFolder, 'postgres.log'));
}
