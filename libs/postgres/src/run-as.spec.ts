import { spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseRunAs, commandFor } from './run-as.js';

const isRoot = process.geteuid?.() === 0;
const asRoot = isRoot ? it : it.skip;
const asOrdinaryUser = isRoot ? it.skip : it;

describe('chooseRunAs', () => {
  let root: string;
  let directory: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'attune-run-as-'));
    directory = join(root, 'data');
    await mkdir(directory);
  });

  afterEach(() => rm(root, { recursive: true, force: true }));

  const run = (script: string): { output: string; status: number | null } => {
    const runAs = chooseRunAs(process.execPath, directory);
    const [command, args, options] = commandFor(runAs, '/bin/sh', ['-c', script]);
    const { stdout, status } = spawnSync(command, args, { ...options, encoding: 'utf8' });
    return { output: stdout.trim(), status };
  };

  asOrdinaryUser('changes nothing for an ordinary user', () => {
    expect(chooseRunAs(process.execPath, directory)).toEqual({ prefix: [], identity: null, owner: null });
  });

  asRoot.each([
    ['open', 0o755],
    ['closed', 0o700],
  ])('becomes somebody else who can write, in an %s folder of root', async (_, mode) => {
    await chmod(root, mode);
    const { output, status } = run(`touch ${directory}/file && id -u`);
    expect(status).toBe(0);
    expect(Number(output)).toBeGreaterThan(0);
    await expect(stat(join(directory, 'file'))).resolves.toBeDefined();
  });

  asRoot('leaves a directory to the ordinary user who owns it', async () => {
    await chmod(root, 0o700);
    await chown(directory, 12_345, 12_345);
    expect(run('id -u').output).toBe('12345');
    expect((await stat(directory)).uid).toBe(12_345);
  });

  asRoot('says what to do when there is no way', () => {
    expect(() => chooseRunAs(join(root, 'missing'), directory)).toThrow(/start Attune as an ordinary user/);
  });
});
