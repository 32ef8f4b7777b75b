// Installs a pack and kills itself at one point on the way: node change-and-die.main.mjs URL BASE REF ROOT STEP
import { createDataSource, createLogger } from '@attune/common';
import { changePack, loadPackDirectory, stagePack, StagingArea } from '@attune/packs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';

const [url, base, ref, source, step] = process.argv.slice(2);
const dataSource = await createDataSource({ url }).initialize();
const area = new StagingArea(base);
const staging = await area.open();
const onStep = (reached) => {
  if (reached === step) process.kill(process.pid, 'SIGKILL');
};
const logger = createLogger('test', { level: 'fatal', format: 'json' });
const storage = { dataSource, area, logger };
if (source === '-') {
  const change = (db) => db.query('delete from pack where ref = $1', [ref]);
  await changePack(storage, staging, { ref, hasFiles: false, change, onStep });
} else {
  const root = join(staging.directory, 'unpacked');
  await cp(source, root, { recursive: true });
  onStep('unpacked');
  const { directory } = await stagePack(staging, root);
  onStep('staged');
  await changePack(storage, staging, { ref, hasFiles: true, change: (db) => loadPackDirectory(db, directory), onStep });
}
await dataSource.destroy();
