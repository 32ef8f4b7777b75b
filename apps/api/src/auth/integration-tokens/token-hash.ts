import { createHash } from 'node:crypto';

/** What every integration token begins with, so that one that leaks is recognised. */
export const TOKEN_PREFIX = 'attune_it_';

/** What is kept of an integration token. It is random and long, so one round of a fast hash does. */
export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('base64url');
