import { hideValues, type PackEntity, sql } from '@attune/common';
import { type PackResponse, type PackSummary } from '@attune/contract';
import { redactSecrets } from '@attune/engine';
import { type FactColumns } from '../access/condition.js';
import { type Target } from '../access/grants.js';
import { iso } from '../domain/wire.js';

export const showPack = (pack: PackEntity): PackResponse => ({
  ...showPackSummary(pack),
  conf_schema: pack.conf_schema,
  config: redactSecrets(pack.conf_schema, hideValues(pack.config)).redacted,
  meta: pack.meta,
  runtime_deps: pack.runtime_deps,
  dependencies: pack.dependencies,
});

export const showPackSummary = (pack: PackEntity): PackSummary => ({
  id: pack.id,
  ref: pack.ref,
  label: pack.label,
  description: pack.description,
  version: pack.version,
  tags: pack.tags,
  is_standard: pack.is_standard,
  created: iso(pack.created),
  updated: iso(pack.updated),
});

/** A pack as grants see it; it belongs to who installed it. */
export const packTarget = ({ id, ref, installed_by: owner }: PackEntity): Target => ({ id, ref, packRef: ref, owner });

/** The same for the rows of `listPacks`. */
export const PACK_COLUMNS: FactColumns = {
  id: sql`p.id`,
  ref: sql`p.ref`,
  packRef: sql`p.ref`,
  owner: sql`p.installed_by`,
};
