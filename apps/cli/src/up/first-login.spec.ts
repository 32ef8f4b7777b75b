import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFirstLogin } from './first-login.js';

describe('findFirstLogin', () => {
  let dataDir: string;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'attune-login-'));
  });

  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  it('reads what the API wrote', async () => {
    await writeFile(join(dataDir, 'credentials.json'), JSON.stringify({ login: 'admin', password: 'made up' }));
    expect(findFirstLogin({ dataDir, bootstrap: { login: null, password: null } })).toMatchObject({
      type: 'stored',
      login: 'admin',
      password: 'made up',
    });
  });

  it('does not repeat a password that the person chose', async () => {
    await writeFile(join(dataDir, 'credentials.json'), JSON.stringify({ login: 'me', password: 'my choice' }));
    expect(findFirstLogin({ dataDir, bootstrap: { login: 'me', password: 'my choice' } })).toEqual({
      type: 'configured',
      login: 'me',
    });
  });

  it.each(['', '{"login":1}'])('knows nothing from %j', async (content) => {
    await writeFile(join(dataDir, 'credentials.json'), content);
    expect(findFirstLogin({ dataDir, bootstrap: { login: null, password: null } })).toEqual({ type: 'unknown' });
  });
});
