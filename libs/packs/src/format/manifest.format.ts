import { type JsonObject } from '@attune/engine';
import { z } from 'zod';
import { type ComponentFormat } from './component-format.js';
import { freeMap, minimumVersion, text, textList } from './fields.js';
import { type FlatSchema, flatSchema } from './flat-schema.js';
import { packDependency } from './pack-dependency.js';
import { testing, type TestingSpec } from './testing.format.js';

/** `pack.yaml` as a row of the table `pack`. */
export interface ManifestSpec {
  readonly ref: string;
  readonly label: string;
  readonly description: string | null;
  readonly version: string;
  readonly conf_schema: FlatSchema;
  readonly config: JsonObject;
  readonly meta: JsonObject;
  readonly tags: readonly string[];
  readonly runtime_deps: readonly string[];
  readonly dependencies: readonly string[];
  readonly is_standard: boolean;
  readonly enabled: boolean;
  /** Lowest versions of the interpreters it works with; absent: any. Not stored. */
  readonly python?: string;
  readonly nodejs?: string;
  /** How its tests are run; absent: it has none. Not stored. */
  readonly testing?: TestingSpec;
}

const SEMANTIC_VERSION = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;

const shape = {
  ref: text,
  version: z.string().regex(SEMANTIC_VERSION, 'must be a semantic version such as 1.2.0').max(50),
  label: text.max(255).optional(),
  name: text.max(255).optional(),
  description: z.string().optional(),
  author: z.string().optional(),
  email: z.string().optional(),
  conf_schema: flatSchema.optional(),
  config_schema: flatSchema.optional(),
  config: freeMap.default({}),
  meta: freeMap.optional(),
  metadata: freeMap.optional(),
  tags: textList.optional(),
  keywords: textList.optional(),
  runtime_deps: textList.default([]),
  dependencies: z.array(packDependency).default([]),
  python: minimumVersion.optional(),
  nodejs: minimumVersion.optional(),
  system: z.boolean().optional(),
  is_standard: z.boolean().optional(),
  enabled: z.boolean().default(true),
  testing: testing.optional(),
};

export const manifestFormat: ComponentFormat<typeof shape, ManifestSpec> = {
  type: 'pack',
  file: z.object(shape),
  build: (raw, ref) => ({
    ref,
    label: raw.label ?? raw.name ?? ref,
    description: raw.description ?? null,
    version: raw.version,
    conf_schema: raw.conf_schema ?? raw.config_schema ?? {},
    config: raw.config,
    meta: raw.meta ?? raw.metadata ?? {},
    tags: raw.tags ?? raw.keywords ?? [],
    runtime_deps: raw.runtime_deps,
    dependencies: raw.dependencies,
    is_standard: raw.system ?? raw.is_standard ?? false,
    enabled: raw.enabled,
    ...(raw.python !== undefined && { python: raw.python }),
    ...(raw.nodejs !== undefined && { nodejs: raw.nodejs }),
    ...(raw.testing !== undefined && { testing: raw.testing }),
  }),
};
