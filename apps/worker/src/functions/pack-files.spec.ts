import { mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRunnerFixture, type RunnerFixture, until } from '../process/runner-fixture.js';
import { type LocatedEntry, PackFiles } from './pack-files.js';

let fixture: RunnerFixture;
let environment: string;

beforeAll(async () => {
  fixture = await createRunnerFixture();
  environment = join(fixture.packDir, '..', 'envs');
  await fixture.file('actions/run.mjs', '1');
  await fixture.file('lib/deep/helper.mjs', '1');
});
afterAll(() => fixture.remove());

/** What is seen by somebody who looks for the first time. */
const look = (entry = 'run.mjs'): Promise<LocatedEntry> => new PackFiles().locate(fixture.packDir, environment, entry);

it('finds the file of an entry point, as locateActionFile does', async () => {
  expect((await look()).file).toBe(join(fixture.packDir, 'actions/run.mjs'));
  await expect(look('absent.mjs')).rejects.toThrow(/^Action file not found/);
  await expect(look('../../x')).rejects.toThrow(/leaves its pack/);
});

it.each<[string, () => Promise<unknown>]>([
  ['the entry point', () => fixture.file('actions/run.mjs', '22')],
  ['a module deep in lib', () => fixture.file('lib/deep/helper.mjs', '22')],
  ['the time of a module', () => utimes(join(fixture.packDir, 'lib/deep/helper.mjs'), 1, 1)],
  ['a new module', () => fixture.file('actions/new.py', '1')],
  ['data beside the actions', () => fixture.file('actions/table.csv', '1')],
  ['the manifest', () => fixture.file('pack.yaml', 'ref: demo')],
  ['a module at the top', () => fixture.file('index.js', '1')],
  ['package.json', () => fixture.file('package.json', '{}')],
  ['the environment', () => mkdir(environment)],
  [
    'the pack as a whole',
    async () => {
      await rename(fixture.packDir, `${fixture.packDir}-old`);
      await fixture.file('actions/run.mjs', '22');
    },
  ],
])('sees a change of %s', async (_what, change) => {
  const before = await look();
  await change();
  expect((await look()).version).not.toBe(before.version);
});

it('does not mind what functions leave behind', async () => {
  const before = await look();
  await fixture.file('result.json', '{}');
  await fixture.file('cache/module.mjs', '1');
  await fixture.file('actions/__pycache__/run.pyc', '1');
  await fixture.file('lib/node_modules/x/index.js', '1');
  await fixture.file('lib/.hidden', '1');
  expect(await look()).toEqual(before);
});

it('looks at most a few times a second, and sees changes soon', async () => {
  const files = new PackFiles();
  const locate = (): Promise<LocatedEntry> => files.locate(fixture.packDir, environment, 'run.mjs');
  const before = await locate();
  await writeFile(join(fixture.packDir, 'actions/run.mjs'), 'changed');
  expect(await locate()).toEqual(before);
  await until(async () => (await locate()).version !== before.version);
  await rm(join(fixture.packDir, 'actions/run.mjs'));
  await until(() =>
    locate().then(
      () => false,
      () => true,
    ),
  );
});
