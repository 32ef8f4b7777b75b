import { execFile } from 'node:child_process';
import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createClient } from '@hey-api/openapi-ts';
import { workspaceRoot } from '@attune/testing';
import { Installation } from './harness/installation.js';

const run = promisify(execFile);

/** Every check the compiler has, as a careful user of the client would set them. */
const COMPILER_OPTIONS = {
  strict: true,
  noUncheckedIndexedAccess: true,
  target: 'es2023',
  module: 'nodenext',
  lib: ['es2023', 'dom', 'dom.iterable'],
  types: ['node'],
  rootDir: '.',
  outDir: 'out',
};

describe('a client that a generator made from the served OpenAPI document', () => {
  let installation: Installation;
  let folder: string;

  beforeAll(async () => {
    installation = await Installation.create();
    await Promise.all([installation.start('executor'), installation.start('worker')]);
    folder = join(installation.folder, 'generated');
    await mkdir(folder);
  });
  afterAll(() => installation.close());

  it('compiles, and drives the product from login to the result of an action', async () => {
    const document = join(folder, 'openapi.json');
    const served = await fetch(`${installation.url}/api-spec/openapi.json`);
    await writeFile(document, await served.text());
    await createClient({
      input: document,
      output: { path: join(folder, 'client'), module: { extension: '.js' } },
      logs: { level: 'silent' },
    });

    const root = workspaceRoot();
    await copyFile(join(root, 'apps/e2e/fixtures/generated-client/flow.ts'), join(folder, 'flow.ts'));
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: COMPILER_OPTIONS, include: ['flow.ts', 'client'] }),
    );
    await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder]);

    const { login, password } = installation.credentials;
    const { stdout } = await run(process.execPath, [join(folder, 'out/flow.js'), installation.url, login, password]);
    const outcome = JSON.parse(stdout) as Record<string, unknown>;
    expect(outcome).toMatchObject({
      login,
      rule: 'generated.greet',
      status: 'completed',
      result: { stdout: expect.stringContaining('hello world') as string },
      key: 'hidden',
      missing: [404, { code: 'NOT_FOUND', error: expect.stringContaining('generated.nothing') as string }],
    });
    expect(outcome['changes']).toBeGreaterThanOrEqual(3);
    expect(outcome['packsCreated']).toContain('generated');
  });
});
