import { request, type IncomingHttpHeaders } from 'node:http';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** One request without fetch's redirects, decompression and pooling; through a proxy when `proxyUrl` is given. */
export function ask(url: string, options: { proxyUrl?: string; method?: string; headers?: Record<string, string>; body?: string; maxBytes?: number } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const target = options.proxyUrl ? { ...urlParts(options.proxyUrl), path: url } : { ...urlParts(url), path: new URL(url).pathname + new URL(url).search };
    const call = request({ ...target, method: options.method ?? 'GET', headers: { ...(options.proxyUrl ? { host: new URL(url).host } : {}), ...options.headers }, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const done = () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (options.maxBytes !== undefined && size >= options.maxBytes) {
          done();
          call.destroy();
        }
      });
      response.on('end', done);
      response.on('error', reject);
    });
    call.on('error', reject);
    call.end(options.body);
  });
}

function urlParts(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}

export function json<T>(answer: Answer): T {
  return JSON.parse(answer.body.toString('utf8')) as T;
}
