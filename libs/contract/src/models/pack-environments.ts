import { z } from 'zod';
import { request, response } from '../define.js';
import { bool, list, optional, text, uint64 } from '../fields.js';

export const PythonEnvironment = response('PythonEnvironment', {
  virtualenv_path: text(),
  requirements_installed: bool(),
  package_count: uint64(),
  python_version: text(),
});
export type PythonEnvironment = z.output<typeof PythonEnvironment>;

export const NodeJsEnvironment = response('NodeJsEnvironment', {
  node_modules_path: text(),
  dependencies_installed: bool(),
  package_count: uint64(),
  nodejs_version: text(),
});
export type NodeJsEnvironment = z.output<typeof NodeJsEnvironment>;

export const Environments = response('Environments', {
  python: PythonEnvironment.nullable(),
  nodejs: NodeJsEnvironment.nullable(),
});
export type Environments = z.output<typeof Environments>;

/** Environments built for one pack. */
export const BuiltEnvironment = response('BuiltEnvironment', {
  pack_ref: text(),
  pack_path: text(),
  environments: Environments,
  duration_ms: uint64(),
});
export type BuiltEnvironment = z.output<typeof BuiltEnvironment>;

export const FailedEnvironment = response('FailedEnvironment', {
  pack_ref: text(),
  pack_path: text(),
  runtime: z.enum(['python', 'nodejs', 'unknown']),
  error: text(),
});
export type FailedEnvironment = z.output<typeof FailedEnvironment>;

export const BuildSummary = response('BuildSummary', {
  total_packs: uint64(),
  success_count: uint64(),
  failure_count: uint64(),
  python_envs_built: uint64(),
  nodejs_envs_built: uint64(),
  total_duration_ms: uint64(),
});
export type BuildSummary = z.output<typeof BuildSummary>;

/** `timeout` in seconds, for each environment. */
export const BuildPackEnvsRequest = request('BuildPackEnvsRequest', {
  pack_paths: list(text()).min(1),
  packs_base_dir: optional(text()),
  python_version: text().default('3.11'),
  nodejs_version: text().default('20'),
  skip_python: bool().default(false),
  skip_nodejs: bool().default(false),
  force_rebuild: bool().default(false),
  timeout: uint64().default(600),
});
export type BuildPackEnvsRequest = z.output<typeof BuildPackEnvsRequest>;

export const BuildPackEnvsResponse = response('BuildPackEnvsResponse', {
  built_environments: list(BuiltEnvironment),
  failed_environments: list(FailedEnvironment),
  summary: BuildSummary,
});
export type BuildPackEnvsResponse = z.output<typeof BuildPackEnvsResponse>;
