import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { type z } from 'zod';
import { messageOf, StartupError } from '../errors/domain-error.js';
import { type Config, configSchema } from './config.schema.js';
import { isTree, mergeSettings, settingsFromEnvironment, type SettingsTree } from './environment-variables.js';
import { localSecrets } from './secrets.js';

/** Every problem of the configuration at once; `message` has one line for each. */
export class ConfigError extends StartupError {
  constructor(readonly problems: readonly string[]) {
    super(['invalid configuration:', ...problems.map((problem) => `  ${problem}`)].join('\n'));
  }
}

interface Source {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Folder of `config.yaml` and base of relative paths. */
  readonly directory?: string;
}

/**
 * Reads `config.yaml`, then `config.<environment>.yaml`, then the variables `ATTUNE__…`; later ones win. The only place
 * that reads the process environment for settings. Missing secrets are made locally, except in production.
 * @throws ConfigError listing every problem
 */
export function loadConfig({ environment = process.env, directory = process.cwd() }: Source = {}): Config {
  const problems: string[] = [];
  const variables = settingsFromEnvironment(environment, problems);
  const name = nameOfEnvironment(variables, environment);
  const files = ['config.yaml', `config.${name}.yaml`].map((file) => readSettings(join(directory, file), problems));
  const tree = [...files, variables].reduce(mergeSettings, { environment: name });
  const parsed = configSchema.safeParse(tree);
  if (!parsed.success) problems.push(...parsed.error.issues.map(describe));
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);

  const settings = parsed.data;
  const dataDir = resolve(directory, settings.dataDir);
  return deepFreeze({
    ...settings,
    dataDir,
    packsBaseDir: resolve(directory, settings.packsBaseDir),
    packs: { ...settings.packs, localSources: settings.packs.localSources.map((path) => resolve(directory, path)) },
    security: { ...settings.security, ...resolveSecrets(settings, dataDir) },
  });
}

function nameOfEnvironment(variables: SettingsTree, environment: Source['environment'] & object): string {
  if (typeof variables['environment'] === 'string') return variables['environment'];
  return environment['NODE_ENV'] ?? 'development';
}

function readSettings(path: string, problems: string[]): SettingsTree {
  if (!existsSync(path)) return {};
  try {
    const content: unknown = parseYaml(readFileSync(path, 'utf8')) ?? {};
    if (isTree(content)) return content;
    problems.push(`${path}: must be a map of settings`);
  } catch (error) {
    const [firstLine] = messageOf(error).split('\n'); // the parser goes on with an excerpt of the file
    problems.push(`${path}: ${firstLine ?? ''}`);
  }
  return {};
}

function resolveSecrets(settings: z.output<typeof configSchema>, dataDir: string) {
  const { jwtSecret, encryptionKey, previousEncryptionKeys } = settings.security;
  if (jwtSecret !== null && encryptionKey !== null) {
    return { jwtSecret, encryptionKey, previousEncryptionKeys, hasLocalEncryptionKey: false };
  }
  if (settings.environment === 'production') {
    const missing = [
      ...(jwtSecret === null ? ['security.jwt_secret'] : []),
      ...(encryptionKey === null ? ['security.encryption_key'] : []),
    ];
    throw new ConfigError(missing.map((key) => `${key}: required in production (${variableOf(key)})`));
  }
  const local = localSecrets(dataDir);
  const hasLocalEncryptionKey = encryptionKey === null;
  return {
    jwtSecret: jwtSecret ?? local.jwtSecret,
    encryptionKey: encryptionKey ?? local.encryptionKey,
    previousEncryptionKeys: [...(hasLocalEncryptionKey ? local.previousEncryptionKeys : []), ...previousEncryptionKeys],
    hasLocalEncryptionKey,
  };
}

/** One line for a problem: the setting, its variable, what is wrong. The rejected value is left out: it may be a secret. */
function describe(issue: z.core.$ZodIssue): string {
  const key = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.map((name) => (key === '' ? name : `${key}.${name}`));
    return names.map((unknown) => `${unknown}: unknown setting (${variableOf(unknown)})`).join('; ');
  }
  return `${key}: ${issue.message} (${variableOf(key)})`;
}

const variableOf = (key: string): string => `ATTUNE__${key.toUpperCase().replaceAll('.', '__')}`;

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value))
    if (typeof inner === 'object' && inner !== null) deepFreeze(inner as object);
  return Object.freeze(value);
}
