export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed where it is JSON, else text. */
  readonly body: Body;
}

// biome-ignore lint/suspicious/noExplicitAny: specs look into bodies of many shapes, and fail where they differ
type AnyBody = any;
type HeaderFields = Readonly<Record<string, string>>;

/** A plain HTTP client of one of the APIs. */
export class Api {
  constructor(readonly url: string) {}

  get(path: string, headers: HeaderFields = {}): Promise<Answer<AnyBody>> {
    return this.send('GET', path, undefined, headers);
  }

  /** Reads at least as new as a command's answer; the API waits up to 10 s for it. */
  getAfter({ position }: { readonly position: string }, path: string): Promise<Answer<AnyBody>> {
    return this.get(path, { 'tidemark-consistency': position, prefer: 'wait=10' });
  }

  post(path: string, body: unknown = {}, headers: HeaderFields = {}): Promise<Answer<AnyBody>> {
    return this.send('POST', path, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
  }

  put(path: string, body: unknown, headers: HeaderFields = {}): Promise<Answer<AnyBody>> {
    return this.send('PUT', path, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
  }

  /** Any request, its body as it is. */
  async send(
    method: string,
    path: string,
    body: string | undefined,
    headers: HeaderFields,
  ): Promise<Answer<AnyBody>> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  }
}
