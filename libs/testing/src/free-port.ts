import { findFreePort } from '@attune/postgres';

/** A TCP port of the loopback that nobody listens on right now. */
export const freePort = (): Promise<number> => findFreePort();
