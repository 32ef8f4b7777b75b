import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ProductProcess, freePort, startProduct, workspaceRoot } from '@attune/testing';

/** The page is the test: its shell blocks run in order, in one shell, against a product started as the page says. */
describe('docs/getting-started.md', () => {
  let dataDir: string;
  let product: ProductProcess;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'attune-guide-'));
    product = await startProduct({ dataDir, port: await freePort() });
  });

  afterAll(async () => {
    await product.interrupt();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('works as written, from the login to the result of the action', async () => {
    const page = await readFile(join(workspaceRoot(), 'docs/getting-started.md'), 'utf8');
    const commands = blocksOf(page, 'bash');
    expect(commands.length).toBeGreaterThan(8);

    const { code, output } = await runInShell(commands.join('\n'), {
      ATTUNE_URL: product.url,
      ATTUNE__DATA_DIR: dataDir,
    });

    expect({ code, said: code === 0 ? null : output }).toEqual({ code: 0, said: null });
    const promised = blocksOf(page, 'text').flatMap((block) => block.trimEnd().split('\n'));
    for (const line of promised.filter((text) => !text.includes('...'))) expect(output.split('\n')).toContain(line);
    expect(product.output()).not.toMatch(/error|warn/i);
  });
});

const blocksOf = (page: string, language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map((match) => match[1] ?? '');

async function runInShell(script: string, environment: Record<string, string>) {
  const shell = spawn('bash', ['-euo', 'pipefail', '-c', script], {
    env: { ...process.env, FORCE_COLOR: '1', ...environment }, // the page must work for people who like colours
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  shell.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  shell.stderr.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  await once(shell, 'close');
  return { code: shell.exitCode, output };
}
