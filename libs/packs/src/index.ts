export { type BundledPack, syncBundledPacks } from './bundled/sync-bundled-packs.js';
export { type ContentLimits } from './content/content-limits.js';
export { copyPackDirectory } from './content/copy-pack-directory.js';
export { extractArchive } from './content/extract-archive.js';
export { findPackRoot } from './content/find-pack-root.js';
export { type StagedPack, stagePack } from './content/stage-pack.js';
export { type ActionSpec, runtimeOf } from './format/action.format.js';
export { type FlatSchema } from './format/flat-schema.js';
export { type ManifestSpec } from './format/manifest.format.js';
export { type PackDependencySpec, readPackDependency } from './format/pack-dependency.js';
export { type PackReading, type ParsedPack } from './format/parse-pack.js';
export { type TestingSpec } from './format/testing.format.js';
export { type LoadedPack, loadPackDirectory, type LoadPackOptions } from './load/load-pack-directory.js';
export { packLocked } from './load/pack-locked.js';
export { type ComponentChanges, type PackChanges } from './load/write-pack.js';
export { type ComponentType, PackLoadError, type PackProblem, problemText } from './problem.js';
export { readPackDirectory } from './read-pack-directory.js';
export { fetchGuarded } from './sources/fetch-guarded.js';
export { type FetchedPack, fetchPack, type FetchPackSettings, type SourceType } from './sources/fetch-pack.js';
export { requireLocalPath } from './sources/local-path.js';
export { findEntry, type PackIndexEntrySpec, readPackIndex } from './sources/pack-index.js';
export { hostOf, readHttpUrl, type SourceRules } from './sources/source-rules.js';
export {
  changePack,
  changePackRows,
  type ChangeStep,
  type PackChange,
  type PackStorage,
  recoverPackFiles,
} from './storage/change-pack.js';
export { editPackFiles, type EditStorage, recoverPackEdits } from './storage/edit-pack-files.js';
export { Staging, StagingArea } from './storage/staging-area.js';
export { runPackTests, type TestRunOptions } from './tests/run-pack-tests.js';
export { type PackTestOutcome, type TestCase, type TestSuite } from './tests/test-outcome.js';
export { findLinkedAction, readPackWorkflows } from './workflows/read-pack-workflows.js';
export { type WorkflowRow } from './workflows/sql/upsert-workflow.sql.js';
export { storeWorkflow, type StoredWorkflow } from './workflows/store-workflow.js';
export { actionFileText, type WorkflowFacts, workflowFileText } from './workflows/workflow-file-text.js';
export {
  readWorkflowFile,
  WORKFLOW_ENTRYPOINT,
  type WorkflowFileReading,
  type WorkflowSpec,
} from './workflows/workflow-file.js';
