import { type ComponentType } from '../problem.js';

/** One file of a pack, read into memory. */
export interface PackFile {
  /** Path inside the pack, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** What was found in the directory of a pack. */
export interface PackFiles {
  /** `pack.yaml` and the component files, each directory in filename order. */
  readonly files: readonly PackFile[];
  /** Files below `actions/` with whether the file may be executed: what entry points can name. */
  readonly entryPoints: ReadonlyMap<string, { readonly executable: boolean }>;
}

export const MANIFEST = 'pack.yaml';

/** Directories of component files in the order they are loaded. `later`: this version cannot load them yet. */
export const COMPONENT_DIRECTORIES: readonly (readonly [
  directory: string,
  type: ComponentType,
  since: 'now' | 'later',
])[] = [
  ['permission_sets', 'permission_set', 'now'],
  ['runtimes', 'runtime', 'now'],
  ['triggers', 'trigger', 'now'],
  ['actions', 'action', 'now'],
  ['actions/workflows', 'workflow', 'later'],
  ['workflows', 'workflow', 'later'],
  ['queues', 'queue', 'later'],
  ['rules', 'rule', 'now'],
  ['sensors', 'sensor', 'later'],
  ['policies', 'policy', 'now'],
];
