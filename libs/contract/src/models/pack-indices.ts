import { z } from 'zod';
import { request, response, union } from '../define.js';
import { bool, int32, int64, json, list, omittable, optional, orDefault, text, timestamp, uint64 } from '../fields.js';

export const PackRegistryIndexSummary = response('PackRegistryIndexSummary', {
  id: int64().nullable(),
  name: text().nullable(),
  url: text(),
  position: int32(),
});
export type PackRegistryIndexSummary = z.output<typeof PackRegistryIndexSummary>;

/** `headers` are sent with each request to the index; their values are masked. */
export const PackRegistryIndexResponse = response('PackRegistryIndexResponse', {
  id: int64(),
  name: text().nullable(),
  url: text(),
  position: int32(),
  enabled: bool(),
  headers: json().nullable(),
  created: timestamp(),
  updated: timestamp(),
});
export type PackRegistryIndexResponse = z.output<typeof PackRegistryIndexResponse>;

export const CreatePackRegistryIndexRequest = request('CreatePackRegistryIndexRequest', {
  name: optional(text()),
  url: text({ min: 1 }),
  position: optional(int32()),
  enabled: bool().default(true),
  headers: orDefault(json(), {}),
});
export type CreatePackRegistryIndexRequest = z.output<typeof CreatePackRegistryIndexRequest>;

export const UpdatePackRegistryIndexRequest = request('UpdatePackRegistryIndexRequest', {
  name: optional(text()),
  url: optional(text({ min: 1 })),
  position: optional(int32()),
  enabled: optional(bool()),
  headers: optional(json()),
});
export type UpdatePackRegistryIndexRequest = z.output<typeof UpdatePackRegistryIndexRequest>;

export const ComponentSummary = response('ComponentSummary', {
  name: text(),
  description: text(),
});
export type ComponentSummary = z.output<typeof ComponentSummary>;

export const PackContents = response('PackContents', {
  actions: list(ComponentSummary),
  sensors: list(ComponentSummary),
  triggers: list(ComponentSummary),
  rules: list(ComponentSummary),
  workflows: list(ComponentSummary),
});
export type PackContents = z.output<typeof PackContents>;

export const PackDependencies = response('PackDependencies', {
  attune_version: omittable(text()),
  python_version: omittable(text()),
  nodejs_version: omittable(text()),
  packs: list(text()),
});
export type PackDependencies = z.output<typeof PackDependencies>;

/** What an index adds of its own. */
export const PackMeta = response(
  'PackMeta',
  {
    downloads: omittable(uint64()),
    stars: omittable(uint64()),
    tested_attune_versions: list(text()),
  },
  { open: true },
);
export type PackMeta = z.output<typeof PackMeta>;

/** Where a version of a pack can be had. `checksum` is `algorithm:hash`. */
export const InstallSource = union('InstallSource', 'type', [
  z.object({ type: z.literal('git'), url: text(), ref: omittable(text()), checksum: text() }),
  z.object({ type: z.literal('archive'), url: text(), checksum: text() }),
]);
export type InstallSource = z.output<typeof InstallSource>;

/** What an index says about a pack. */
export const PackIndexEntry = response('PackIndexEntry', {
  ref: text(),
  label: text(),
  description: text(),
  use_case: omittable(text()),
  version: text(),
  author: text(),
  email: omittable(text()),
  homepage: omittable(text()),
  repository: omittable(text()),
  license: text(),
  keywords: list(text()),
  runtime_deps: list(text()),
  install_sources: list(InstallSource),
  contents: PackContents,
  dependencies: omittable(PackDependencies),
  meta: omittable(PackMeta),
});
export type PackIndexEntry = z.output<typeof PackIndexEntry>;

export const IndexedPackResponse = response('IndexedPackResponse', {
  pack: PackIndexEntry,
  registry: PackRegistryIndexSummary,
});
export type IndexedPackResponse = z.output<typeof IndexedPackResponse>;
