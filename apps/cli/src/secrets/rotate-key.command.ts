import {
  type Config,
  findUnreadableSecrets,
  forgetPreviousLocalKeys,
  isMigrated,
  loadConfig,
  replaceLocalEncryptionKey,
  type ResealedCount,
  resealSecrets,
  SecretBox,
  StartupError,
  type Unreadable,
} from '@attune/common';
import { type DataSource } from 'typeorm';
import { withDatabase, withDatabaseAlone } from '../db/with-database.js';
import { renderTable } from '../db/table.js';
import { formatCount } from '../db/units.js';
import { listRunningServices } from './sql/list-running-services.sql.js';

/**
 * `attune secrets rotate-key`: encrypts everything that is encrypted with the configured key. A key that is kept under the data
 * directory is replaced by a new one first; then no service may run, because each knows the key it started with only. A rotation
 * that was interrupted goes on where it was.
 */
export async function rotateKeyCommand({ skipUnreadable = false }: { skipUnreadable?: boolean }): Promise<void> {
  const config = loadConfig();
  const counts = config.security.hasLocalEncryptionKey
    ? await withDatabaseAlone(config, (db) => replaceLocalKey(db, config, skipUnreadable))
    : await withDatabase((db) => reseal(db, SecretBox.of(config.security), skipUnreadable));
  console.log(renderCounts(counts));
}

async function replaceLocalKey(db: DataSource, { dataDir, security }: Config, skipUnreadable: boolean) {
  const services = await listRunningServices(db);
  if (services.length > 0) {
    throw new StartupError(
      `stop Attune first (${services.join(', ')}): the services would not know the new key before their next start`,
    );
  }
  // Looked at first: a key that turned out to be of no use would have to be kept for good.
  await requireReadable(db, SecretBox.of(security), skipUnreadable);
  const { encryptionKey, previousEncryptionKeys } = replaceLocalEncryptionKey(dataDir);
  const previous = [...previousEncryptionKeys, ...security.previousEncryptionKeys];
  const counts = await reseal(db, new SecretBox(encryptionKey, previous), skipUnreadable);
  forgetPreviousLocalKeys(dataDir);
  return counts;
}

async function reseal(db: DataSource, box: SecretBox, skipUnreadable: boolean): Promise<ResealedCount[]> {
  await requireReadable(db, box, skipUnreadable);
  const counts = await resealSecrets(db, box);
  if (counts.every(({ isComplete }) => isComplete)) return counts;
  console.log(renderCounts(counts));
  throw new StartupError(
    'a service keeps encrypting with an old key: give all of them the new one, then run this again',
  );
}

async function requireReadable(db: DataSource, box: SecretBox, skipUnreadable: boolean): Promise<void> {
  if (!(await isMigrated(db))) {
    throw new StartupError('the schema is not up to date; run: attune db migrate');
  }
  const unreadable = await findUnreadableSecrets(db, box);
  if (unreadable.count === 0) return;
  if (!skipUnreadable) throw new StartupError(refusal(unreadable));
  console.error(describe(unreadable));
}

const refusal = (unreadable: Unreadable): string =>
  [
    describe(unreadable),
    'Nothing was changed. Configure the key they were encrypted with (ATTUNE__SECURITY__PREVIOUS_ENCRYPTION_KEYS),',
    'or leave them as they are with --skip-unreadable.',
  ].join('\n');

const describe = ({ count, rows }: Unreadable): string =>
  [
    `${formatCount(count)} row(s) cannot be opened with any configured key:`,
    ...rows.map(({ table, id, name }) => `  ${table} ${id}: ${name}`),
    ...(count > rows.length ? [`  and ${formatCount(count - rows.length)} more`] : []),
  ].join('\n');

const renderCounts = (counts: readonly ResealedCount[]): string =>
  renderTable(
    [
      { title: 'table', value: ({ table }: ResealedCount) => table },
      { title: 'encrypted anew', value: ({ count }) => formatCount(count), align: 'right' },
    ],
    counts,
  );
