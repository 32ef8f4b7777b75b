import { createHmac } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { type LoginThrottleSettings } from '@attune/common';

/** What failed logins are counted by. `token`: attempts with integration tokens, which name no login. */
export type BucketScope = 'address' | 'login' | 'login+address' | 'token';

/** A count of failures: each adds `share`, 1 is full. */
export interface Bucket {
  readonly scope: BucketScope;
  readonly key: string;
  readonly share: number;
}

/** Somebody who tries to prove who they are. `login` is null when all they show is a token. */
export interface Attempt {
  readonly login: string | null;
  readonly ip: string;
}

/** Digests of what buckets are about; logins are digested too, because people type passwords into the wrong field. */
export class ThrottleKeys {
  constructor(private readonly secret: string) {}

  of(scope: BucketScope | 'known', { login, ip }: Attempt): string {
    const isOfAddress = scope === 'address' || scope === 'token';
    const about = scope === 'login' ? [login] : isOfAddress ? [network(ip)] : [login, network(ip)];
    const text = JSON.stringify([scope, ...about.map((part) => part?.toLowerCase())]);
    return createHmac('sha256', this.secret).update(text).digest('base64url');
  }
}

/**
 * The buckets an attempt is counted in. From where a login succeeded lately only its own failures count, so that a stranger
 * elsewhere, or behind the same address, cannot keep its owner out.
 */
export function bucketsOf(
  attempt: Attempt,
  settings: LoginThrottleSettings,
  { keys, isKnown }: { readonly keys: ThrottleKeys; readonly isKnown: boolean },
): Bucket[] {
  const { perAddress, perLogin, perLoginAndAddress } = settings;
  const limits: (readonly [BucketScope, number])[] =
    attempt.login === null
      ? [['token', perAddress]]
      : [
          ['login+address', perLoginAndAddress],
          ...(isKnown ? [] : [['address', perAddress] as const, ['login', perLogin] as const]),
        ];
  return limits
    .filter(([, limit]) => limit > 0)
    .map(([scope, limit]) => ({ scope, key: keys.of(scope, attempt), share: 1 / limit }));
}

/** Of IPv6 the /64: whoever has one address of it has all. IPv4 inside IPv6 is IPv4. */
export function network(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip);
  if (mapped) return mapped[1] ?? ip;
  if (!isIPv6(ip)) return ip;
  const [head = '', tail] = ip.split('%', 1)[0]?.split('::') ?? [];
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array<string>(8 - left.length - right.length).fill('0');
  const groups = [...left, ...zeros, ...right].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}
