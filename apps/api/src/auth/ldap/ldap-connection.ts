import { connect, isIP } from 'node:net';
import { type ConnectionOptions } from 'node:tls';
import { type LdapSettings } from '@attune/common';
import { Client } from 'ldapts';

/**
 * Does something over a connection of its own, which is encrypted first where that is configured, and closes it.
 */
export async function withConnection<T>(settings: LdapSettings, work: (client: Client) => Promise<T>): Promise<T> {
  const { url, timeoutMs, startTls } = settings;
  const tlsOptions = tlsOptionsOf(settings);
  const client = new Client({
    url,
    timeout: timeoutMs,
    connectTimeout: timeoutMs,
    strictDN: false,
    ...(url.startsWith('ldaps:') ? { tlsOptions } : { createConnection: connectOnce() }),
  });
  try {
    if (startTls && !url.startsWith('ldaps:')) await client.startTLS(tlsOptions);
    return await work(client);
  } finally {
    // Also after a failure: what cannot be said goodbye to is closed all the same.
    await client.unbind().catch(() => undefined);
  }
}

/** Without a name a certificate for `localhost` would do when the directory is named by its address. */
function tlsOptionsOf({ url, ca }: LdapSettings): ConnectionOptions {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  return {
    host,
    minVersion: 'TLSv1.2',
    ...(isIP(host) === 0 && { servername: host }),
    ...(ca !== null && { ca }),
  };
}

/**
 * The client connects again by itself when a connection is lost, and that one would not be encrypted: whoever can cut
 * connections would get the next password in plain text.
 */
function connectOnce(): typeof connect {
  let isUsed = false;
  const once = (...args: unknown[]): ReturnType<typeof connect> => {
    if (isUsed) throw new Error('the connection to the directory was lost');
    isUsed = true;
    return (connect as (...given: unknown[]) => ReturnType<typeof connect>)(...args);
  };
  return once;
}
