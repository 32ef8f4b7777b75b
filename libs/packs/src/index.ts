export { type BundledPack, syncBundledPacks } from './bundled/sync-bundled-packs.js';
export { type ActionSpec, runtimeOf } from './format/action.format.js';
export { type FlatSchema } from './format/flat-schema.js';
export { type ManifestSpec } from './format/manifest.format.js';
export { type PackReading, type ParsedPack } from './format/parse-pack.js';
export { type LoadedPack, loadPackDirectory, type LoadPackOptions } from './load/load-pack-directory.js';
export { packLocked } from './load/pack-locked.js';
export { type ComponentChanges, type PackChanges } from './load/write-pack.js';
export { type ComponentType, PackLoadError, type PackProblem, problemText } from './problem.js';
export { readPackDirectory } from './read-pack-directory.js';
export { editPackFiles, type EditStorage, recoverPackEdits } from './storage/edit-pack-files.js';
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
