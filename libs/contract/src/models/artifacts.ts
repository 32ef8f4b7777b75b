import { type z } from 'zod';
import { enumeration, patch, request, response } from '../define.js';
import { int32, int64, json, omittable, optional, text, timestamp } from '../fields.js';
import { ArtifactVisibility, OwnerType } from './permissions.js';
import { RetentionPolicyType } from './retention.js';

/** What an artifact holds; only `file_*` may be backed by a file. */
export const ArtifactType = enumeration('ArtifactType', [
  'file_binary',
  'file_datatable',
  'file_image',
  'file_text',
  'other',
  'progress',
  'url',
]);
export type ArtifactType = z.output<typeof ArtifactType>;

/** Sets or empties a text of an artifact. */
export const ArtifactStringPatch = patch('ArtifactStringPatch', text());
export type ArtifactStringPatch = z.output<typeof ArtifactStringPatch>;

/** Sets or empties the data of an artifact. */
export const ArtifactJsonPatch = patch('ArtifactJsonPatch', json());
export type ArtifactJsonPatch = z.output<typeof ArtifactJsonPatch>;

export const ArtifactSummary = response('ArtifactSummary', {
  id: int64(),
  ref: text(),
  type: ArtifactType,
  visibility: ArtifactVisibility,
  name: text().nullable(),
  content_type: text().nullable(),
  size_bytes: int64().nullable(),
  scope: OwnerType,
  owner: text(),
  created: timestamp(),
  updated: timestamp(),
});
export type ArtifactSummary = z.output<typeof ArtifactSummary>;

/** An artifact with its data. */
export const ArtifactResponse = response('ArtifactResponse', {
  id: int64(),
  ref: text(),
  scope: OwnerType,
  owner: text(),
  type: ArtifactType,
  visibility: ArtifactVisibility,
  retention_policy: RetentionPolicyType,
  retention_limit: int32(),
  name: text().nullable(),
  description: text().nullable(),
  content_type: text().nullable(),
  size_bytes: int64().nullable(),
  data: omittable(json().nullable()),
  created: timestamp(),
  updated: timestamp(),
});
export type ArtifactResponse = z.output<typeof ArtifactResponse>;

/** Retention left out is taken from the execution, then the action, then five versions. */
export const CreateArtifactRequest = request('CreateArtifactRequest', {
  ref: text(),
  scope: OwnerType,
  owner: text(),
  type: ArtifactType,
  visibility: optional(ArtifactVisibility),
  retention_policy: optional(RetentionPolicyType),
  retention_limit: optional(int32()),
  name: optional(text()),
  description: optional(text()),
  content_type: optional(text()),
  data: optional(json()),
});
export type CreateArtifactRequest = z.output<typeof CreateArtifactRequest>;

export const UpdateArtifactRequest = request('UpdateArtifactRequest', {
  scope: optional(OwnerType),
  owner: optional(text()),
  type: optional(ArtifactType),
  visibility: optional(ArtifactVisibility),
  retention_policy: optional(RetentionPolicyType),
  retention_limit: optional(int32()),
  name: optional(ArtifactStringPatch),
  description: optional(ArtifactStringPatch),
  content_type: optional(ArtifactStringPatch),
  data: optional(ArtifactJsonPatch),
});
export type UpdateArtifactRequest = z.output<typeof UpdateArtifactRequest>;

/** Replaces the data as a whole. */
export const SetDataRequest = request('SetDataRequest', {
  data: json().nullable(),
});
export type SetDataRequest = z.output<typeof SetDataRequest>;

/** One entry, stored after the others. */
export const AppendProgressRequest = request('AppendProgressRequest', {
  entry: json().nullable(),
});
export type AppendProgressRequest = z.output<typeof AppendProgressRequest>;
