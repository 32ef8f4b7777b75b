import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAX_YAML_BYTES } from './format/yaml-document.js';
import { type Component } from './format/parse-component.js';
import { type PackReading } from './format/parse-pack.js';
import { readPackDirectory } from './read-pack-directory.js';

const fixtures = join(import.meta.dirname, '../fixtures');

/** What a fixture's expected.json holds: everything the reader says, without the ways back to the lines. */
function describeReading({ pack, problems, warnings }: PackReading): unknown {
  const specs = (components: readonly Component<unknown>[]): unknown[] => components.map(({ spec }) => spec);
  return {
    pack: pack && {
      manifest: pack.manifest,
      permission_sets: specs(pack.permissionSets),
      runtimes: specs(pack.runtimes),
      triggers: specs(pack.triggers),
      actions: specs(pack.actions),
      rules: specs(pack.rules),
      policies: specs(pack.policies),
    },
    problems,
    warnings,
  };
}

const kindOf = (name: string): string => name.slice(0, name.indexOf('-'));

describe('readPackDirectory', () => {
  const names = readdirSync(fixtures).sort();

  it.each(names)('reads %s as expected', async (name) => {
    const expected: unknown = JSON.parse(readFileSync(join(fixtures, name, 'expected.json'), 'utf8'));
    expect(describeReading(await readPackDirectory(join(fixtures, name, 'pack')))).toEqual(expected);
  });

  it.each(names.filter((name) => kindOf(name) === 'feature'))('finds nothing wrong with %s', async (name) => {
    const { pack, problems, warnings } = await readPackDirectory(join(fixtures, name, 'pack'));
    expect({ problems, warnings }).toEqual({ problems: [], warnings: [] });
    expect(pack).not.toBeNull();
  });

  it.each(names.filter((name) => kindOf(name) === 'error'))('refuses %s', async (name) => {
    const { problems } = await readPackDirectory(join(fixtures, name, 'pack'));
    expect(problems.length).toBeGreaterThan(0);
  });

  it('tells that a directory is not there', async () => {
    await expect(readPackDirectory(join(fixtures, 'nowhere'))).rejects.toThrow('ENOENT');
  });

  it('reports a file too large to be read', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'attune-pack-'));
    try {
      await writeFile(join(directory, 'pack.yaml'), `# ${'x'.repeat(MAX_YAML_BYTES)}\nref: demo\nversion: 1.0.0\n`);
      const { pack, problems } = await readPackDirectory(directory);
      const expectedError = `is larger than ${MAX_YAML_BYTES} bytes`;
      expect(pack).toBeNull();
      expect(problems).toMatchObject([{ file: 'pack.yaml', line: null, error: expectedError }]);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
