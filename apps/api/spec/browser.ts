import { type NestFastifyApplication } from '@nestjs/platform-fastify';

/** The answer to a request, as far as tests look at it. */
export interface BrowserAnswer {
  readonly status: number;
  readonly location: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>;
  /** Texts of `Set-Cookie`. */
  readonly cookies: readonly string[];
}

/** Keeps cookies as a browser does. */
export class Browser {
  readonly jar = new Map<string, string>();

  constructor(
    private readonly app: NestFastifyApplication,
    /** Sent along, such as `origin`. */
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  get(url: string): Promise<BrowserAnswer> {
    return this.send('GET', url);
  }

  post(url: string, body?: object): Promise<BrowserAnswer> {
    return this.send('POST', url, body);
  }

  async send(method: 'GET' | 'POST' | 'PUT', url: string, body?: object): Promise<BrowserAnswer> {
    const cookie = [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await this.app.inject({
      method,
      url,
      headers: {
        ...this.headers,
        ...(cookie !== '' && { cookie }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { payload: JSON.stringify(body) }),
    });
    const cookies = [answer.headers['set-cookie'] ?? []].flat();
    for (const text of cookies) this.keep(text);
    const { statusCode: status, payload, headers } = answer;
    return { status, location: headers.location ?? '', body: payload, headers, cookies };
  }

  private keep(text: string): void {
    const [pair = '', ...attributes] = text.split('; ');
    const [name = '', value = ''] = pair.split(/=(.*)/s);
    if (attributes.includes('Max-Age=0')) this.jar.delete(name);
    else this.jar.set(name, value);
  }
}
