import {
  addressOf,
  type DatabaseCapabilities,
  databaseCapabilities,
  type FailedPolicy,
  type HypertableReport,
  hypertableReport,
  isMigrated,
  listFailedPolicies,
} from '@attune/common';
import { type Column, renderTable } from './table.js';
import { formatBytes, formatCount, formatRelative } from './units.js';
import { withDatabase } from './with-database.js';

/** What `attune db status` found; `--json` prints it as it is. */
export interface DatabaseStatus {
  readonly address: string;
  readonly isMigrated: boolean;
  readonly capabilities: DatabaseCapabilities;
  /** [] until the schema is up to date. */
  readonly tables: readonly HypertableReport[];
  readonly failedPolicies: readonly FailedPolicy[];
}

export async function statusCommand({ json = false }: { json?: boolean }): Promise<void> {
  const status = await withDatabase(async (db, url): Promise<DatabaseStatus> => {
    const isCurrent = await isMigrated(db);
    const capabilities = await databaseCapabilities(db);
    return {
      address: addressOf(url),
      isMigrated: isCurrent,
      capabilities,
      tables: isCurrent ? await hypertableReport(db) : [],
      failedPolicies: isCurrent && capabilities.policies ? await listFailedPolicies(db) : [],
    };
  });
  console.log(json ? JSON.stringify(status, null, 2) : renderStatus(status, new Date()));
}

export function renderStatus(status: DatabaseStatus, now: Date): string {
  const { capabilities, address, tables } = status;
  const head = [`Database  ${address}`, `Kind      ${capabilities.kind}: ${capabilities.description}`];
  if (!status.isMigrated) return [...head, 'Schema    not up to date; run: attune db migrate'].join('\n');
  const failures = status.failedPolicies.map(
    ({ policy, relation, failedAt, failure }) =>
      `${policy} of ${relation} failed ${formatRelative(failedAt, now)}: ${failure}`,
  );
  return [
    ...head,
    'Schema    up to date',
    '',
    renderTable(columns(now), tables),
    ...(failures.length === 0 ? [] : ['', ...failures]),
  ].join('\n');
}

const columns = (now: Date): Column<HypertableReport>[] => [
  { title: 'table', value: ({ name }) => name },
  { title: 'rows', value: ({ rows }) => `~${formatCount(rows)}`, align: 'right' },
  { title: 'chunks', value: ({ chunks }) => formatCount(chunks), align: 'right' },
  { title: 'size', value: ({ sizeBytes }) => formatBytes(sizeBytes), align: 'right' },
  { title: 'compressed', value: ({ compressedShare }) => share(compressedShare), align: 'right' },
  { title: 'chunk', value: ({ chunkInterval }) => chunkInterval, align: 'right' },
  { title: 'compress after', value: ({ compressAfter }) => compressAfter ?? '-', align: 'right' },
  { title: 'keep', value: ({ keep }) => keep ?? 'forever', align: 'right' },
  { title: 'next policy run', value: ({ nextPolicyRun }) => nextRun(nextPolicyRun, now), align: 'right' },
];

const share = (part: number | null): string => (part === null ? '-' : `${Math.round(part * 100)} %`);

const nextRun = (at: Date | null, now: Date): string => (at === null ? 'executor' : formatRelative(at, now));
