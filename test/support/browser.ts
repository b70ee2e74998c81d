/** What a browser does of a sign-in: it keeps cookies per origin and follows redirects until somebody looks. */
export class Browser {
  readonly #jars = new Map<string, Map<string, string>>();

  /** One request, no redirect followed. */
  async get(url: string, headers: Record<string, string> = {}): Promise<Response> {
    const { host } = new URL(url);
    const jar = this.#jars.get(host) ?? new Map<string, string>();
    this.#jars.set(host, jar);
    const response = await fetch(url, { redirect: 'manual', headers: { ...(jar.size > 0 ? { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') } : {}), ...headers } });
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';');
      const [name = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      if (attributes.some((attribute) => /^\s*max-age=0$/i.test(attribute)) || value === '') jar.delete(name); else jar.set(name, value);
    }
    return response;
  }

  /** Follows redirects from `url` as long as `isOnTheWay`; the address it stopped at, not yet opened. */
  async travel(url: string, isOnTheWay: (url: URL) => boolean): Promise<URL> {
    let at = url;
    for (let hops = 0; hops < 20; hops += 1) {
      const response = await this.get(at);
      await response.arrayBuffer();
      const location = response.headers.get('location');
      if (location === null) throw new Error(`${response.status} instead of a redirect at ${at}`);
      const next = new URL(location, at);
      if (!isOnTheWay(next)) return next;
      at = next.href;
    }
    throw new Error(`too many redirects, the last to ${at}`);
  }

  /** `Cookie` it would send to an address. */
  cookies(url: string): string {
    return [...this.#jars.get(new URL(url).host) ?? []].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}
