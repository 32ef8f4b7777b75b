import { hash, verify } from '@node-rs/argon2';

/** OWASP's setting for Argon2id (the library's default algorithm): 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** A PHC string to store. */
export const hashPassword = (password: string): Promise<string> => hash(password, COST);

let decoy: Promise<string> | undefined;

/**
 * Whether the password fits. Without a stored hash (unknown login, or one that cannot use a password) the same work is
 * done against a decoy, so that the time taken does not tell which logins exist.
 */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  decoy ??= hashPassword('no password is this one');
  try {
    const matches = await verify(stored ?? (await decoy), password);
    return matches && stored !== null;
  } catch {
    return false; // the stored text is no PHC string: nobody gets in with it
  }
}
