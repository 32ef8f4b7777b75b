import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findAction, findPack } from '@attune/common';
import { createPlatform } from '../../spec/test-api.js';
import { createTestDatabase } from '@attune/testing';
import { loadBundledPacks } from './bundled-packs.js';

const CORE = fileURLToPath(new URL('../../../../packs/core', import.meta.url));

describe('bundled packs', () => {
  let directory: string;
  let close: () => Promise<void>;
  let platform: Awaited<ReturnType<typeof createPlatform>>;
  let told: { level: string; fields: object }[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'attune-bundled-'));
    const database = await createTestDatabase();
    const made = await createPlatform(database.url, directory);
    told = [];
    const logger = Object.assign(Object.create(made.logger) as typeof made.logger, {
      error: (fields: object) => told.push({ level: 'error', fields }),
      warn: (fields: object) => told.push({ level: 'warn', fields }),
    });
    platform = { ...made, logger };
    await cp(CORE, join(directory, 'shipped/core'), { recursive: true });
    close = async () => {
      await made.dataSource.destroy();
      await database.drop();
      await rm(directory, { recursive: true, force: true });
    };
  });
  afterEach(() => close());

  async function put(path: string, ...lines: string[]): Promise<void> {
    const file = join(directory, 'shipped', path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${lines.join('\n')}\n`);
  }
  const load = () => loadBundledPacks(platform, join(directory, 'shipped'));

  it('that are broken are left out, with each problem told, and the others are loaded', async () => {
    await put('broken/pack.yaml', 'ref: broken', 'label: Broken', 'version: one');
    await put('broken/actions/a.yaml', 'ref: broken.a', 'label: A', 'parameters:', '  x: {type: nope}');
    await put('sound/pack.yaml', 'ref: sound', 'label: Sound', 'version: 1.0.0');
    await load();
    expect(told.filter(({ level }) => level === 'error').map(({ fields }) => fields)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ packRef: 'broken', file: 'pack.yaml', line: 3, key: 'version' }),
        expect.objectContaining({ packRef: 'broken', file: 'actions/a.yaml', line: 4 }),
      ]),
    );
    expect(await findPack(platform.dataSource, 'broken')).toBeNull();
    expect(await findPack(platform.dataSource, 'sound')).not.toBeNull();
    expect(await findAction(platform.dataSource, 'core.echo')).not.toBeNull();
  });

  it('tell their flaws when they are loaded, not at every start', async () => {
    await put('sound/pack.yaml', 'ref: sound', 'label: Sound', 'version: 1.0.0');
    await put('sound/actions/a.yaml', 'ref: sound.a', 'label: A', 'runner_type: shell', 'entry_point: missing.sh');
    await load();
    const first = told.splice(0);
    expect(first).toEqual([
      { level: 'warn', fields: expect.objectContaining({ packRef: 'sound', line: 4 }) as unknown },
    ]);
    await load();
    expect(told).toEqual([]);
  });

  it('keep the service from starting when the core pack is broken', async () => {
    await put('core/pack.yaml', 'ref: core', 'label: Core', 'version: one');
    await expect(load()).rejects.toMatchObject({
      name: 'StartupError',
      message: expect.stringMatching(/bundled pack core cannot be loaded.*pack\.yaml:3 version/) as unknown,
    });
  });
});
