import { randomBytes } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  assignPermissionSet,
  findPermissionSets,
  hashPassword,
  IdentityEntity,
  type Platform,
  StartupError,
} from '@attune/common';
import { IsNull, Not } from 'typeorm';

const ADMIN_SET = 'core.admin';

interface Credentials {
  readonly login: string;
  readonly password: string;
}

/**
 * Creates somebody who can log in and may do everything, unless there is somebody who can log in already. Login and
 * password stand in `credentials.json` under the data directory, which only its owner can read.
 */
export async function createFirstAdministrator({ config, dataSource, logger }: Platform): Promise<void> {
  const identities = dataSource.getRepository(IdentityEntity);
  if (await identities.existsBy({ password_hash: Not(IsNull()) })) return;
  const credentials: Credentials = {
    login: config.bootstrap.login ?? 'admin',
    password: config.bootstrap.password ?? randomBytes(18).toString('base64url'),
  };
  const [set] = await findPermissionSets(dataSource, [ADMIN_SET]);
  if (!set) throw new StartupError(`the permission set ${ADMIN_SET} is missing, so nobody could be an administrator`);
  // Before the identity exists: an identity whose password nobody knows would lock everybody out.
  const path = await writeCredentials(config.dataDir, credentials);
  const password_hash = await hashPassword(credentials.password);
  await dataSource.transaction(async (db) => {
    const { login } = credentials;
    const { id } = await db.getRepository(IdentityEntity).save({ login, display_name: 'Administrator', password_hash });
    await assignPermissionSet(db, id, set.id);
  });
  logger.info({ login: credentials.login, credentials: path }, 'first administrator created');
}

/** Written beside its place and moved there, so that nobody ever reads half of it or reads it before its mode is set. */
async function writeCredentials(dataDir: string, credentials: Credentials): Promise<string> {
  await mkdir(dataDir, { recursive: true });
  const path = join(dataDir, 'credentials.json');
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  await rename(draft, path);
  return path;
}
