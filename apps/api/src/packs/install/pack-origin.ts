import { type SourceType } from '@attune/packs';
import { type JsonObject } from '@attune/engine';

/** Where an installed pack came from, as its `meta` tells. */
export interface PackOrigin {
  readonly sourceType: SourceType | 'upload';
  readonly sourceUrl: string | null;
  readonly refSpec: string | null;
  readonly checksum: string | null;
}

/** Keys of `meta`; `installedBy` is an identity. */
export function installationOf(
  { sourceType, sourceUrl, refSpec, checksum }: PackOrigin,
  installedBy: number,
): JsonObject {
  return {
    source_type: sourceType,
    ...(sourceUrl !== null && { source_url: publicSource(sourceUrl) }),
    ...(refSpec !== null && { ref_spec: refSpec }),
    ...(checksum !== null && { checksum }),
    installed_at: new Date().toISOString(),
    installed_by: installedBy,
  };
}

/** A source as others may see it: what follows a question mark may be a secret. */
export function publicSource(source: string): string {
  if (!/^https?:/i.test(source) || !URL.canParse(source)) return source;
  const { origin, pathname } = new URL(source);
  return `${origin}${pathname}`;
}
