// Edits files of a pack and kills itself at one point on the way: node edit-and-die.main.mjs URL BASE REF STEP TEXT
import { createDataSource, createLogger } from '@attune/common';
import { editPackFiles } from '@attune/packs';

const [url, packsBaseDirectory, ref, step, text] = process.argv.slice(2);
const dataSource = await createDataSource({ url }).initialize();
const logger = createLogger('test', { level: 'fatal', format: 'json' });
await editPackFiles(
  { dataSource, packsBaseDirectory, logger },
  {
    ref,
    change: async (db) => {
      await db.query('update pack set description = $2 where ref = $1', [ref, text]);
      return { result: null, files: ['old.yaml', 'workflows/new.yaml'].map((path) => ({ path, text })) };
    },
    onStep: (reached) => {
      if (reached === step) process.kill(process.pid, 'SIGKILL');
    },
  },
);
await dataSource.destroy();
