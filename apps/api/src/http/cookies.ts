/** The value of a cookie of a request; the first one when it was sent twice. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const [key = '', ...value] = part.trim().split('=');
    if (key === name) return value.join('=');
  }
  return undefined;
}

export interface CookieOptions {
  readonly maxAgeSeconds: number;
  /** Only over HTTPS. */
  readonly isSecure: boolean;
}

/** A cookie scripts cannot read and other sites cannot send along with their posts. */
export const setCookieHeader = (name: string, value: string, { maxAgeSeconds, isSecure }: CookieOptions): string =>
  `${name}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
