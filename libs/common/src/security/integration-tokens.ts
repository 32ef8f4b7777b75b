import { createHash, randomBytes } from 'node:crypto';

/** How every integration token begins. */
export const INTEGRATION_TOKEN_PREFIX = 'attune_it_';
/** Bytes nobody can guess. */
const RANDOM_BYTES = 32;
/** Characters shown at each end: too few to help anybody. */
const SHOWN = 4;

/** A new token; all of it but the text may be stored. */
export interface NewIntegrationToken {
  readonly token: string;
  readonly hash: string;
  readonly prefix: string;
  readonly suffix: string;
}

export function newIntegrationToken(): NewIntegrationToken {
  const token = INTEGRATION_TOKEN_PREFIX + randomBytes(RANDOM_BYTES).toString('base64url');
  return {
    token,
    hash: integrationTokenHash(token),
    prefix: token.slice(0, INTEGRATION_TOKEN_PREFIX.length + SHOWN),
    suffix: token.slice(-SHOWN),
  };
}

/** As it is stored: base64url SHA-256. No salt, because the text is random and is looked up by its hash. */
export const integrationTokenHash = (token: string): string => createHash('sha256').update(token).digest('base64url');
