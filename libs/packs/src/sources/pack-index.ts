import { compareVersions, isRef } from '@attune/engine';
import { z } from 'zod';
import { sourceProblem } from './source-rules.js';

const text = z.string().max(10_000);
const texts = z.array(text).max(1_000).default([]);
/** `sha256:` and hexadecimal digits. */
const checksum = z.string().regex(/^[a-z0-9]+:[0-9a-fA-F]{8,128}$/);

const component = z.object({ name: text, description: text.default('') });
const components = z.array(component).max(10_000).default([]);
const optional = text.nullish().transform((value) => value ?? undefined);

const entry = z.object({
  ref: z.string().refine((ref) => isRef('pack', ref)),
  label: text.optional(),
  description: text.default(''),
  use_case: optional,
  version: text,
  author: text.default(''),
  email: optional,
  homepage: optional,
  repository: optional,
  license: text.default(''),
  keywords: texts,
  runtime_deps: texts,
  install_sources: z
    .array(
      z.discriminatedUnion('type', [
        z.object({ type: z.literal('git'), url: text, ref: optional, checksum }),
        z.object({ type: z.literal('archive'), url: text, checksum }),
      ]),
    )
    .max(20)
    .default([]),
  contents: z
    .object({
      actions: components,
      sensors: components,
      triggers: components,
      rules: components,
      workflows: components,
    })
    .prefault({}),
  dependencies: z
    .object({ attune_version: optional, python_version: optional, nodejs_version: optional, packs: texts })
    .nullish()
    .transform((value) => value ?? undefined),
  meta: z
    .looseObject({
      downloads: z.int().min(0).optional(),
      stars: z.int().min(0).optional(),
      tested_attune_versions: texts,
    })
    .nullish()
    .transform((value) => value ?? undefined),
});

/** One version of one pack, as an index tells it. */
export type PackIndexEntrySpec = z.output<typeof entry> & { readonly label: string };

const index = z.object({ packs: z.array(z.unknown()).max(100_000) });

/**
 * Reads an index: `{ packs: [ … ] }`. Entries that cannot be read are left out, so that one of them does not hide the
 * others.
 *
 * @throws DomainError when it is no index at all
 */
export function readPackIndex(content: string): PackIndexEntrySpec[] {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (error) {
    throw sourceProblem('The pack index is not valid JSON', error);
  }
  const parsed = index.safeParse(value);
  if (!parsed.success) throw sourceProblem('The pack index has no list of packs');
  return parsed.data.packs.flatMap((raw) => {
    const read = entry.safeParse(raw);
    return read.success ? [{ ...read.data, label: read.data.label ?? read.data.ref }] : [];
  });
}

/** The entry to install: the version asked for, else the highest; null: there is none. */
export function findEntry(
  entries: readonly PackIndexEntrySpec[],
  ref: string,
  version: string | null,
): PackIndexEntrySpec | null {
  const named = entries.filter((one) => one.ref === ref && (version === null || one.version === version));
  return named.toSorted((a, b) => compareVersions(a.version, b.version))[0] ?? null;
}
