import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type HttpService, type RequestLog, startHttp, WindowCounter } from './http-service.js';
import { CITIES, type City, CITY_NAMES_IN_ENGLISH } from './sites/cities.js';
import { type NominatimMode } from './types.js';

const STRUCTURED = ['amenity', 'street', 'city', 'county', 'state', 'country', 'postalcode'];
const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 40;
/** Half the side of a city's bounding box in degrees; every generated company lies within. */
const BOX = 0.12;
/** User agents of libraries, which the usage policy refuses. */
const LIBRARY_AGENT = /^(node|undici|axios|curl|python|go-http|java|okhttp)/i;

function fold(text: string): string {
  return text.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '').replace(/ß/g, 'ss').replace(/ł/g, 'l').trim();
}

function namesOf(city: City): string[] {
  return [city.name, city.key, CITY_NAMES_IN_ENGLISH[city.key] ?? ''].filter(Boolean).map(fold);
}

/** Cities whose name occurs in the query and whose region or country is not contradicted by the rest. */
function matching(query: string): City[] {
  const parts = fold(query).split(/\s*,\s*/).filter(Boolean);
  const [first = '', ...rest] = parts;
  return CITIES.filter((city) => {
    const around = [city.region, city.regionCode, city.country, city.countryCode].map(fold);
    if (namesOf(city).includes(first)) return rest.every((part) => around.includes(part) || around.some((word) => word.length > 3 && part.includes(word)) || (part === 'usa' && city.countryCode === 'US') || (part === 'uk' && city.countryCode === 'GB'));
    return parts.length === 1 && namesOf(city).some((name) => first.startsWith(`${name} `) && around.some((word) => first.slice(name.length + 1) === word));
  });
}

function item(city: City, parameters: URLSearchParams): Record<string, unknown> {
  const english = /^en/.test(parameters.get('accept-language') ?? '') ? CITY_NAMES_IN_ENGLISH[city.key] : undefined;
  const name = english ?? city.name;
  return {
    place_id: city.osmRelation - 89_000_000, licence: 'Data © OpenStreetMap contributors, ODbL 1.0. http://osm.org/copyright', osm_type: 'relation', osm_id: city.osmRelation, lat: city.lat.toFixed(7), lon: city.lon.toFixed(7),
    category: 'boundary', type: 'administrative', place_rank: 16, importance: 0.71, addresstype: 'city', name, display_name: `${name}, ${city.region}, ${city.country}`,
    boundingbox: [city.lat - BOX, city.lat + BOX, city.lon - BOX, city.lon + BOX].map((degrees) => degrees.toFixed(7)),
    ...(parameters.get('addressdetails') === '1' && { address: { city: name, state: city.region, 'ISO3166-2-lvl4': `${city.countryCode}-${city.regionCode}`, country: city.country, country_code: city.countryCode.toLowerCase() } }),
    ...(parameters.get('extratags') === '1' && { extratags: { place: 'city' } }), ...(parameters.get('namedetails') === '1' && { namedetails: { name: city.name, ...(CITY_NAMES_IN_ENGLISH[city.key] && { 'name:en': CITY_NAMES_IN_ENGLISH[city.key] }) } }),
  };
}

/** The Nominatim look-alike over the sandbox's cities, with the usage policy enforced; facts in §9.4 of the wire notes. */
export async function startNominatim(options: { ratePerSecond: number; state: { mode: NominatimMode }; log: RequestLog; port: number }): Promise<HttpService & { resetCounters(): void }> {
  const second = new WindowCounter(options.ratePerSecond, 1000);
  const handler = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    options.log.open('nominatim', 'nominatim', request.url ?? '/', request.method ?? 'GET', response);
    request.resume();
    const url = new URL(request.url ?? '/', 'http://nominatim.invalid');
    const html = (status: number, text: string, headers: Record<string, string> = {}) => void response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', ...headers }).end(`<html><head><title>${text}</title></head><body><h1>${text}</h1></body></html>`);
    const json = (status: number, body: unknown) => void response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Access-Control-Allow-Origin': '*' }).end(JSON.stringify(body));
    const { mode } = options.state;
    if (mode === 'timeout') return;
    if (mode === 'server_error') return html(503, 'Service Unavailable');
    const agent = request.headers['user-agent'] ?? '';
    if (mode === 'blocked' || ((agent === '' || LIBRARY_AGENT.test(agent)) && !request.headers.referer)) return html(403, 'Access blocked: see the usage policy');
    if (url.pathname === '/status') return json(200, { status: 0, message: 'OK', data_updated: '2026-01-05T00:00:00+00:00', software_version: '5.2.0', database_version: '5.2.0' });
    if (mode === 'rate_limited' || second.remaining(Date.now()) === 0) return html(429, 'Too Many Requests', { 'Retry-After': '1' });
    second.take(Date.now());
    if (url.pathname !== '/search' && url.pathname !== '/search.php') return html(404, 'Not Found');
    const parameters = url.searchParams;
    const format = parameters.get('format') ?? 'jsonv2';
    if (!['json', 'jsonv2'].includes(format)) return json(400, { error: { code: 400, message: `Parameter 'format' must be one of: json, jsonv2` } });
    const structured = STRUCTURED.filter((name) => parameters.has(name));
    const q = parameters.get('q');
    if (q !== null && structured.length > 0) return json(400, { error: { code: 400, message: "Structured query parameters(amenity, street, city, county, state, postalcode, country) cannot be used together with 'q' parameter." } });
    if ((q === null || q.trim() === '') && structured.length === 0) return json(400, { error: { code: 400, message: 'Nothing to search for.' } });
    const limit = Number(parameters.get('limit') ?? DEFAULT_LIMIT);
    if (!Number.isInteger(limit)) return json(400, { error: { code: 400, message: "Parameter 'limit' must be a number." } });
    const codes = parameters.get('countrycodes')?.toUpperCase().split(',');
    const found = matching(q ?? ['city', 'state', 'country'].map((name) => parameters.get(name)).filter(Boolean).join(', ')).filter((city) => !codes || codes.includes(city.countryCode));
    json(200, found.slice(0, Math.min(MAX_LIMIT, Math.max(1, limit))).map((city) => item(city, parameters)));
  };
  return { ...(await startHttp(handler, options.port)), resetCounters: () => second.clear() };
}
