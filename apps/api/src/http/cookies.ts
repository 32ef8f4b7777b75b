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
  /** Scripts of our pages may read it. */
  readonly isReadable?: boolean;
}

/** A cookie scripts cannot read, unless told otherwise, and other sites cannot send along with their posts. */
export function setCookieHeader(name: string, value: string, options: CookieOptions): string {
  const { maxAgeSeconds, isSecure, isReadable = false } = options;
  const readers = isReadable ? '' : '; HttpOnly';
  return `${name}=${value}; Path=/; Max-Age=${maxAgeSeconds}${readers}; SameSite=Lax${isSecure ? '; Secure' : ''}`;
}
