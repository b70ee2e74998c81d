import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type HttpService, readBody, type RequestLog, startHttp } from './http-service.js';
import { type Area, elementsOf, OverpassSyntaxError, runQuery } from './overpass-ql.js';
import { CITIES, type City, CITY_NAMES_IN_ENGLISH } from './sites/cities.js';
import { type OverpassMode, type SandboxSite } from './types.js';

/** Area ids are relation ids plus this, as in the real data. */
const AREA_OFFSET = 3_600_000_000;
const CITY_BOX = 0.12;
const COUNTRY_RELATION = 91_000_000;

interface TaggedArea extends Area {
  tags: Record<string, string>;
}

function cityArea(city: City): TaggedArea {
  return {
    id: AREA_OFFSET + city.osmRelation, south: city.lat - CITY_BOX, north: city.lat + CITY_BOX, west: city.lon - CITY_BOX, east: city.lon + CITY_BOX,
    tags: { name: city.name, 'name:en': CITY_NAMES_IN_ENGLISH[city.key] ?? city.name, boundary: 'administrative', admin_level: '8' },
  };
}

/** One area per country, as wide as its cities. */
function countryAreas(): TaggedArea[] {
  const areas = new Map<string, TaggedArea>();
  for (const city of CITIES) {
    const own = cityArea(city);
    const area = areas.get(city.countryCode) ?? { ...own, id: AREA_OFFSET + COUNTRY_RELATION + areas.size, tags: { 'name:en': city.country, name: city.country, boundary: 'administrative', admin_level: '2', 'ISO3166-1': city.countryCode, 'ISO3166-1:alpha2': city.countryCode } };
    areas.set(city.countryCode, { ...area, south: Math.min(area.south, own.south), west: Math.min(area.west, own.west), north: Math.max(area.north, own.north), east: Math.max(area.east, own.east) });
  }
  return [...areas.values()];
}

/** The Overpass look-alike over the generated companies; errors come as the service sends them, not as JSON. Facts in §9.5 of the wire notes. */
export async function startOverpass(options: { sites: readonly SandboxSite[]; state: { mode: OverpassMode }; log: RequestLog; port: number }): Promise<HttpService> {
  const elements = elementsOf(options.sites);
  const areas = [...CITIES.map(cityArea), ...countryAreas()];
  const handler = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    options.log.open('overpass', 'overpass', request.url ?? '/', request.method ?? 'GET', response);
    const url = new URL(request.url ?? '/', 'http://overpass.invalid');
    const body = await readBody(request);
    const page = (status: number, text: string, headers: Record<string, string> = {}) => void response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', ...headers })
      .end(`<?xml version="1.0" encoding="UTF-8"?>\n<html><head><title>OSM3S Response</title></head><body><p><strong style="color:#FF0000">Error</strong>: ${text.replace(/&/g, '&amp;').replace(/</g, '&lt;')} </p></body></html>\n`);
    const { mode } = options.state;
    if (mode === 'timeout') return;
    if ((request.headers['user-agent'] ?? '') === '') return page(406, 'Not Acceptable: send a User-Agent that names your script');
    if (url.pathname.endsWith('/status')) return void response.writeHead(200, { 'Content-Type': 'text/plain' }).end('Connected as: 2130706433\nCurrent time: 2026-01-06T09:00:00Z\nRate limit: 2\n2 slots available now.\nCurrently running queries (pid, space limit, time limit, start time):\n');
    if (!url.pathname.endsWith('/interpreter') && url.pathname !== '/') return page(404, 'Not Found');
    if (mode === 'rate_limited') return page(429, 'runtime error: open64: 0 Success /osm3s_osm_base Dispatcher_Client::request_read_and_idx::rate_limited. Please check /api/status for the quota of your IP address.');
    if (mode === 'busy') return page(504, 'runtime error: open64: 0 Success /osm3s_osm_base Dispatcher_Client::request_read_and_idx::timeout. The server is probably too busy to handle your request.');
    const form = /^application\/x-www-form-urlencoded/i.test(request.headers['content-type'] ?? '') || body.startsWith('data=');
    const query = url.searchParams.get('data') ?? (form ? new URLSearchParams(body).get('data') : body) ?? '';
    if (query.trim() === '') return page(400, 'line 1: parse error: An empty query is not allowed');
    try {
      const result = runQuery(query, elements, areas, (test) => areas.filter((area) => test(area.tags)));
      const base = { version: 0.6, generator: 'Overpass API 0.7.62.7 (sandbox)', osm3s: { timestamp_osm_base: '2026-01-06T08:58:00Z', timestamp_areas_base: '2026-01-05T23:00:00Z', copyright: 'The data included in this document is from www.openstreetmap.org. The data is made available under ODbL.' } };
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(mode === 'remark'
        ? { ...base, elements: [], remark: `runtime error: Query timed out in "query" at line 1 after ${result.timeout} seconds.` }
        : { ...base, elements: result.elements.map((element) => (element.type === 'node' ? element : { type: element.type, id: element.id, center: { lat: element.lat, lon: element.lon }, tags: element.tags })) }));
    } catch (error) {
      if (!(error instanceof OverpassSyntaxError)) throw error;
      page(400, error.message);
    }
  };
  return startHttp(handler, options.port);
}
