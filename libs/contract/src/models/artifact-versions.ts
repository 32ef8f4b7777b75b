import { type z } from 'zod';
import { request, response } from '../define.js';
import { int32, int64, json, omittable, optional, text, timestamp } from '../fields.js';
import { ArtifactType } from './artifacts.js';
import { ArtifactVisibility, OwnerType } from './permissions.js';
import { RetentionPolicyType } from './retention.js';

export const ArtifactVersionSummary = response('ArtifactVersionSummary', {
  id: int64(),
  version: int32(),
  execution: omittable(int64()),
  content_type: text().nullable(),
  size_bytes: int64().nullable(),
  file_path: omittable(text()),
  created_by: text().nullable(),
  created: timestamp(),
});
export type ArtifactVersionSummary = z.output<typeof ArtifactVersionSummary>;

/** A version with its JSON content; the content of files is downloaded. */
export const ArtifactVersionResponse = response('ArtifactVersionResponse', {
  id: int64(),
  artifact: int64(),
  version: int32(),
  execution: omittable(int64()),
  content_type: text().nullable(),
  size_bytes: int64().nullable(),
  content_json: omittable(json().nullable()),
  file_path: omittable(text()),
  meta: omittable(json().nullable()),
  created_by: text().nullable(),
  created: timestamp(),
});
export type ArtifactVersionResponse = z.output<typeof ArtifactVersionResponse>;

/** A version whose content is this JSON. */
export const CreateVersionJsonRequest = request('CreateVersionJsonRequest', {
  content: json().nullable(),
  content_type: optional(text()),
  execution: optional(int64()),
  meta: optional(json()),
  created_by: optional(text()),
});
export type CreateVersionJsonRequest = z.output<typeof CreateVersionJsonRequest>;

/** Reserves a path; the caller writes the file. */
export const CreateFileVersionRequest = request('CreateFileVersionRequest', {
  content_type: optional(text()),
  execution: optional(int64()),
  meta: optional(json()),
  created_by: optional(text()),
});
export type CreateFileVersionRequest = z.output<typeof CreateFileVersionRequest>;

/** As `CreateFileVersionRequest`; the rest describes the artifact when it is new. */
export const AllocateFileVersionByRefRequest = request('AllocateFileVersionByRefRequest', {
  scope: optional(OwnerType),
  owner: optional(text()),
  type: optional(ArtifactType),
  visibility: optional(ArtifactVisibility),
  retention_policy: optional(RetentionPolicyType),
  retention_limit: optional(int32()),
  name: optional(text()),
  description: optional(text()),
  execution: optional(int64()),
  content_type: optional(text()),
  meta: optional(json()),
  created_by: optional(text()),
});
export type AllocateFileVersionByRefRequest = z.output<typeof AllocateFileVersionByRefRequest>;
