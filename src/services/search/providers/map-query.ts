/**
 * The query language of the OpenStreetMap source: a tag and an area, written so that people can read and change it.
 *
 *     amenity=dentist near 48.2082,16.3738 within 15 km (Vienna)
 *     office=lawyer in AT (Austria)
 */

export interface MapQuery {
  key: string;
  value: string;
  area: { kind: 'around'; lat: number; lon: number; radiusMetres: number } | { kind: 'country'; countryCode: string };
}

const DEFAULT_RADIUS_KM = 15;
const MAX_RADIUS_KM = 150;

/** `radiusKm` at most 150. */
export function writeMapQuery(osmTag: string, place: { name: string; countryCode: string; lat: number; lon: number }, scope: 'country' | number): string {
  if (scope === 'country') return `${osmTag} in ${place.countryCode.toUpperCase()} (${place.name})`;
  return `${osmTag} near ${place.lat.toFixed(4)},${place.lon.toFixed(4)} within ${Math.min(scope, MAX_RADIUS_KM)} km (${place.name})`;
}

/** Null when the text is no such query. Nothing but checked tags and numbers gets through to Overpass QL. */
export function parseMapQuery(text: string): MapQuery | null {
  if (text.length > 400) return null;
  const tag = /^\s{0,8}([a-z][a-z0-9_:]{0,40})=([a-z0-9][a-z0-9_:;-]{0,60})\s{1,8}/i.exec(text);
  const key = tag?.[1];
  const value = tag?.[2];
  if (tag === null || key === undefined || value === undefined) return null;
  const rest = text.slice(tag[0].length);
  const country = /^in\s{1,8}([a-z]{2})(?![a-z])/i.exec(rest)?.[1];
  if (country !== undefined) return { key, value, area: { kind: 'country', countryCode: country.toUpperCase() } };
  const near = /^near\s{1,8}(-?\d{1,3}(?:\.\d{1,10})?)\s{0,4},\s{0,4}(-?\d{1,3}(?:\.\d{1,10})?)(?:\s{1,8}within\s{1,8}(\d{1,4}(?:\.\d{1,3})?)\s{0,4}km)?/i.exec(rest);
  if (near === null) return null;
  const lat = Number(near[1]);
  const lon = Number(near[2]);
  if (Math.abs(lat) > 90 || Math.abs(lon) > 180) return null;
  const radiusKm = Math.min(Math.max(Number(near[3] ?? DEFAULT_RADIUS_KM), 0.1), MAX_RADIUS_KM);
  return { key, value, area: { kind: 'around', lat, lon, radiusMetres: Math.round(radiusKm * 1000) } };
}
