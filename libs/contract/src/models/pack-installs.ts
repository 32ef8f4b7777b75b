import { z } from 'zod';
import { request, response } from '../define.js';
import { bool, int64, list, optional, text, uint64 } from '../fields.js';
import { PackTestResult } from './pack-tests.js';
import { PackResponse } from './packs.js';

export const DownloadedPack = response('DownloadedPack', {
  source: text(),
  source_type: z.enum(['git', 'archive', 'local_directory', 'local_archive', 'registry']),
  pack_path: text(),
  pack_ref: text(),
  pack_version: text(),
  git_commit: text().nullable(),
  checksum: text().nullable(),
});
export type DownloadedPack = z.output<typeof DownloadedPack>;

export const FailedPack = response('FailedPack', {
  source: text(),
  error: text(),
});
export type FailedPack = z.output<typeof FailedPack>;

/** `timeout` in seconds. */
export const DownloadPacksRequest = request('DownloadPacksRequest', {
  packs: list(text()).min(1),
  destination_dir: text({ min: 1 }),
  registry_url: optional(text()),
  ref_spec: optional(text()),
  timeout: uint64().default(300),
  verify_ssl: bool().default(true),
});
export type DownloadPacksRequest = z.output<typeof DownloadPacksRequest>;

export const DownloadPacksResponse = response('DownloadPacksResponse', {
  downloaded_packs: list(DownloadedPack),
  failed_packs: list(FailedPack),
  total_count: uint64(),
  success_count: uint64(),
  failure_count: uint64(),
});
export type DownloadPacksResponse = z.output<typeof DownloadPacksResponse>;

/** `source` is a URL, a directory of the server, or `ref[@version]` of an index. */
export const InstallPackRequest = request('InstallPackRequest', {
  source: text({ min: 1 }),
  ref_spec: optional(text()),
  skip_tests: bool().default(false),
  skip_deps: bool().default(false),
});
export type InstallPackRequest = z.output<typeof InstallPackRequest>;

/** The installed pack and how its tests went. */
export const PackInstallResponse = response('PackInstallResponse', {
  pack: PackResponse,
  test_result: PackTestResult.nullable(),
  tests_skipped: bool(),
});
export type PackInstallResponse = z.output<typeof PackInstallResponse>;

/** `path` is a directory of the server. */
export const RegisterPackRequest = request('RegisterPackRequest', {
  path: text({ min: 1 }),
  skip_tests: bool().default(false),
  force: bool().default(false),
});
export type RegisterPackRequest = z.output<typeof RegisterPackRequest>;

/** Counts of a test run. */
export const TestResult = response('TestResult', {
  status: text(),
  total_tests: uint64(),
  passed: uint64(),
  failed: uint64(),
});
export type TestResult = z.output<typeof TestResult>;

export const ValidationResults = response('ValidationResults', {
  valid: bool(),
  errors: list(text()),
});
export type ValidationResults = z.output<typeof ValidationResults>;

export const ComponentCounts = response('ComponentCounts', {
  actions: uint64(),
  sensors: uint64(),
  triggers: uint64(),
  rules: uint64(),
  workflows: uint64(),
  policies: uint64(),
});
export type ComponentCounts = z.output<typeof ComponentCounts>;

export const RegisteredPack = response('RegisteredPack', {
  pack_ref: text(),
  pack_id: int64(),
  pack_version: text(),
  storage_path: text(),
  components_registered: ComponentCounts,
  test_result: TestResult.nullable(),
  validation_results: ValidationResults,
});
export type RegisteredPack = z.output<typeof RegisteredPack>;

export const FailedPackRegistration = response('FailedPackRegistration', {
  pack_ref: text(),
  pack_path: text(),
  error: text(),
  error_stage: z.literal('registration'),
});
export type FailedPackRegistration = z.output<typeof FailedPackRegistration>;

export const RegistrationSummary = response('RegistrationSummary', {
  total_packs: uint64(),
  success_count: uint64(),
  failure_count: uint64(),
  total_components: uint64(),
  duration_ms: uint64(),
});
export type RegistrationSummary = z.output<typeof RegistrationSummary>;

export const RegisterPacksRequest = request('RegisterPacksRequest', {
  pack_paths: list(text()).min(1),
  packs_base_dir: optional(text()),
  skip_validation: bool().default(false),
  skip_tests: bool().default(false),
  force: bool().default(false),
});
export type RegisterPacksRequest = z.output<typeof RegisterPacksRequest>;

export const RegisterPacksResponse = response('RegisterPacksResponse', {
  registered_packs: list(RegisteredPack),
  failed_packs: list(FailedPackRegistration),
  summary: RegistrationSummary,
});
export type RegisterPacksResponse = z.output<typeof RegisterPacksResponse>;
