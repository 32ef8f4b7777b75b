export { type BundledPack, syncBundledPacks } from './bundled/sync-bundled-packs.js';
export { type ActionSpec, runtimeOf } from './format/action.format.js';
export { type FlatSchema } from './format/flat-schema.js';
export { type ManifestSpec } from './format/manifest.format.js';
export { type PackReading, type ParsedPack } from './format/parse-pack.js';
export { type LoadedPack, loadPackDirectory, type LoadPackOptions } from './load/load-pack-directory.js';
export { type ComponentChanges, type PackChanges } from './load/write-pack.js';
export { type ComponentType, PackLoadError, type PackProblem, problemText } from './problem.js';
export { readPackDirectory } from './read-pack-directory.js';
