import { z } from 'zod';
import { request, response } from '../define.js';
import { bool, int64, json, list, optional, shortText, text, timestamp, uint64 } from '../fields.js';

export const WorkflowSummary = response('WorkflowSummary', {
  id: int64(),
  ref: text(),
  pack_ref: text(),
  label: text(),
  description: text().nullable(),
  version: text(),
  tags: list(text()),
  created: timestamp(),
  updated: timestamp(),
});
export type WorkflowSummary = z.output<typeof WorkflowSummary>;

/** A workflow with its definition. */
export const WorkflowResponse = response('WorkflowResponse', {
  id: int64(),
  ref: text(),
  pack: int64(),
  pack_ref: text(),
  label: text(),
  description: text().nullable(),
  version: text(),
  param_schema: json().nullable(),
  out_schema: json().nullable(),
  definition: json().nullable(),
  tags: list(text()),
  created: timestamp(),
  updated: timestamp(),
});
export type WorkflowResponse = z.output<typeof WorkflowResponse>;

export const CreateWorkflowRequest = request('CreateWorkflowRequest', {
  ref: shortText(),
  pack_ref: shortText(),
  label: shortText(),
  description: optional(text()),
  version: text({ min: 1, max: 50 }),
  param_schema: optional(json()),
  out_schema: optional(json()),
  definition: json().nullable(),
  tags: optional(list(text())),
});
export type CreateWorkflowRequest = z.output<typeof CreateWorkflowRequest>;

export const UpdateWorkflowRequest = request('UpdateWorkflowRequest', {
  label: optional(shortText()),
  description: optional(text()),
  version: optional(text({ min: 1, max: 50 })),
  param_schema: optional(json()),
  out_schema: optional(json()),
  definition: optional(json()),
  tags: optional(list(text())),
});
export type UpdateWorkflowRequest = z.output<typeof UpdateWorkflowRequest>;

/** Written as a file of the pack and loaded. */
export const SaveWorkflowFileRequest = request('SaveWorkflowFileRequest', {
  name: shortText(),
  label: shortText(),
  description: optional(text()),
  version: text({ min: 1, max: 50 }),
  pack_ref: shortText(),
  definition: json().nullable(),
  param_schema: optional(json()),
  out_schema: optional(json()),
  tags: optional(list(text())),
});
export type SaveWorkflowFileRequest = z.output<typeof SaveWorkflowFileRequest>;

/** One loaded workflow file. */
export const WorkflowSyncResult = response('WorkflowSyncResult', {
  ref_name: text(),
  created: bool(),
  workflow_def_id: int64(),
  warnings: list(text()),
});
export type WorkflowSyncResult = z.output<typeof WorkflowSyncResult>;

export const PackWorkflowSyncResponse = response('PackWorkflowSyncResponse', {
  pack_ref: text(),
  loaded_count: uint64(),
  registered_count: uint64(),
  workflows: list(WorkflowSyncResult),
  errors: list(text()),
});
export type PackWorkflowSyncResponse = z.output<typeof PackWorkflowSyncResponse>;

/** Problems by workflow file. */
export const PackWorkflowValidationResponse = response('PackWorkflowValidationResponse', {
  pack_ref: text(),
  validated_count: uint64(),
  error_count: uint64(),
  errors: z.record(z.string(), list(text())),
});
export type PackWorkflowValidationResponse = z.output<typeof PackWorkflowValidationResponse>;
