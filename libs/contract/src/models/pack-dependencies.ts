import { z } from 'zod';
import { request, response } from '../define.js';
import { bool, list, text, uint64 } from '../fields.js';

/** A pack that another one needs. */
export const PackDependency = response('PackDependency', {
  pack_ref: text(),
  version_spec: text(),
  required_by: text(),
  already_installed: bool(),
});
export type PackDependency = z.output<typeof PackDependency>;

export const PythonRequirements = response('PythonRequirements', {
  version: text().nullable(),
  requirements_file: text().nullable(),
});
export type PythonRequirements = z.output<typeof PythonRequirements>;

export const NodeJsRequirements = response('NodeJsRequirements', {
  version: text().nullable(),
  package_file: text().nullable(),
});
export type NodeJsRequirements = z.output<typeof NodeJsRequirements>;

export const RuntimeRequirements = response('RuntimeRequirements', {
  pack_ref: text(),
  python: PythonRequirements.nullable(),
  nodejs: NodeJsRequirements.nullable(),
});
export type RuntimeRequirements = z.output<typeof RuntimeRequirements>;

/** A pack that was read. */
export const AnalyzedPack = response('AnalyzedPack', {
  pack_ref: text(),
  pack_path: text(),
  has_dependencies: bool(),
  dependency_count: uint64(),
});
export type AnalyzedPack = z.output<typeof AnalyzedPack>;

export const DependencyError = response('DependencyError', {
  pack_path: text(),
  error: text(),
});
export type DependencyError = z.output<typeof DependencyError>;

/** Directories of the server. */
export const GetPackDependenciesRequest = request('GetPackDependenciesRequest', {
  pack_paths: list(text()).min(1),
  skip_validation: bool().default(false),
});
export type GetPackDependenciesRequest = z.output<typeof GetPackDependenciesRequest>;

export const GetPackDependenciesResponse = response('GetPackDependenciesResponse', {
  dependencies: list(PackDependency),
  runtime_requirements: z.record(z.string(), RuntimeRequirements),
  missing_dependencies: list(PackDependency),
  analyzed_packs: list(AnalyzedPack),
  errors: list(DependencyError),
});
export type GetPackDependenciesResponse = z.output<typeof GetPackDependenciesResponse>;
