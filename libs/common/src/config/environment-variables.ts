import { readFileSync } from 'node:fs';
import { messageOf } from '../errors/domain-error.js';

const PREFIX = 'ATTUNE__';
const FILE_SUFFIX = '_FILE';

/** A tree of settings as a YAML file would give it. */
export interface SettingsTree {
  [key: string]: unknown;
}

/**
 * Turns `ATTUNE__SECTION__KEY=value` into `{ section: { key: 'value' } }`. `…_FILE` names a file that holds the value
 * (trailing line break removed), so that secrets need not stand in the environment.
 * A file that cannot be read is added to `problems`.
 */
export function settingsFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  problems: string[],
): SettingsTree {
  const tree: SettingsTree = {};
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith(PREFIX) || name.startsWith('ATTUNE__TEST') || value === undefined || value === '') continue;
    const isFile = name.endsWith(FILE_SUFFIX);
    const path = (isFile ? name.slice(0, -FILE_SUFFIX.length) : name).slice(PREFIX.length).toLowerCase().split('__');
    const resolved = isFile ? readValue(name, value, problems) : value;
    if (resolved !== undefined) assign(tree, path, resolved);
  }
  return tree;
}

function readValue(name: string, file: string, problems: string[]): string | undefined {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    problems.push(`${name}: cannot read ${file}: ${messageOf(error)}`);
    return undefined;
  }
}

function assign(tree: SettingsTree, path: readonly string[], value: unknown): void {
  const [key = '', ...rest] = path;
  if (rest.length === 0) {
    tree[key] = value;
    return;
  }
  const existing = tree[key];
  const branch: SettingsTree = isTree(existing) ? existing : {};
  tree[key] = branch;
  assign(branch, rest, value);
}

/** Lays `over` on `base`: sections are merged, everything else is replaced. */
export function mergeSettings(base: SettingsTree, over: SettingsTree): SettingsTree {
  const merged: SettingsTree = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const existing = merged[key];
    merged[key] = isTree(existing) && isTree(value) ? mergeSettings(existing, value) : value;
  }
  return merged;
}

export const isTree = (value: unknown): value is SettingsTree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
