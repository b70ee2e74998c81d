import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type HttpService, readBody, type RequestLog, startHttp } from './http-service.js';
import { type SearchIndex } from './search-index.js';
import { type SearxngMode } from './types.js';

/** A public instance merges one page of each engine; ten is what one page usually brings. */
const PAGE_SIZE = 10;
const ENGINES = ['mojeek', 'brave', 'duckduckgo'];

/** The SearXNG look-alike: `/search` and `/`, GET and POST, JSON only when asked for; facts in §9.3 of the wire notes. */
export async function startSearxng(options: { index: SearchIndex; state: { mode: SearxngMode }; log: RequestLog; port: number }): Promise<HttpService> {
  const handler = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    options.log.open('searxng', 'searxng', request.url ?? '/', request.method ?? 'GET', response);
    const url = new URL(request.url ?? '/', 'http://searxng.invalid');
    const body = await readBody(request);
    const parameters = request.method === 'POST' ? new URLSearchParams([...url.searchParams, ...new URLSearchParams(body)]) : url.searchParams;
    const html = (status: number, text: string) => response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8' }).end(`<!DOCTYPE html><html><head><title>${text}</title></head><body><p>${text}</p></body></html>`);
    const { mode } = options.state;
    if (mode === 'timeout') return;
    if (mode === 'server_error') return void html(500, 'Internal Server Error');
    if (url.pathname !== '/search' && url.pathname !== '/') return void html(404, 'Not Found');
    const format = parameters.get('format') ?? 'html';
    if (!['html', 'json'].includes(format) || (mode === 'json_disabled' && format !== 'html')) return void html(403, 'Forbidden');
    const q = parameters.get('q') ?? '';
    const page = Number(parameters.get('pageno') ?? '1');
    if (format === 'html') return void html(200, 'SearXNG');
    if (q.trim() === '' || !Number.isInteger(page) || page < 1) return void response.writeHead(400, { 'Content-Type': 'application/json' }).end(JSON.stringify({ error: 'No query' }));
    const language = (parameters.get('language') ?? '').slice(0, 2);
    const hits = mode === 'unresponsive' ? [] : options.index.search(q, { ...(language && language !== 'al' && language !== 'au' ? { language } : {}), perHost: 1 }).slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE);
    const results = hits.map((hit, i) => {
      const target = new URL(hit.document.url);
      const engines = ENGINES.filter((_engine, e) => (i + e) % 3 !== 0);
      return {
        url: hit.document.url, title: hit.document.title, content: hit.document.description, engine: engines[0], engines, positions: engines.map(() => i + 1), score: Number((engines.length / (i + 1)).toFixed(4)), category: 'general',
        template: 'default.html', parsed_url: [target.protocol.slice(0, -1), target.host, target.pathname, '', target.search.slice(1), ''], publishedDate: null, pubdate: null, img_src: '', thumbnail: '', priority: '', author: '', length: null, views: '', metadata: '', iframe_src: '', audio_src: '',
      };
    });
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({
      query: q, number_of_results: 0, results, answers: [], corrections: [], infoboxes: [], suggestions: [],
      unresponsive_engines: mode === 'unresponsive' ? [['brave', 'Suspended: too many requests'], ['mojeek', 'CAPTCHA'], ['duckduckgo', 'timeout']] : [],
    }));
  };
  return startHttp(handler, options.port);
}
