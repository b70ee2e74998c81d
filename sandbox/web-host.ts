import { type IncomingHttpHeaders, type ServerResponse } from 'node:http';

/** One request as a web host sees it, whichever way it came in. */
export interface WebRequest {
  method: string;
  /** Lower case, as asked for: may be an alias. */
  host: string;
  /** Path with query, always starting with `/`. */
  path: string;
  headers: IncomingHttpHeaders;
}

/** A page as the search engines know it. */
export interface SearchDocument {
  url: string;
  host: string;
  title: string;
  description: string;
  text: string;
  /** Words a semantic engine would connect with the page: industry in English, city, organisation. */
  keywords: string;
  /** Lower-case primary subtag, or empty when unknown. */
  language: string;
  countryCode: string;
  /** The start page of its host. */
  start: boolean;
  kind: 'site' | 'directory' | 'social' | 'article';
}

/** A web site of the sandbox. */
export interface WebHost {
  host: string;
  aliases: readonly string[];
  /** Answers the request; may leave it open or cut it, when that is what the site is for. */
  handle(request: WebRequest, response: ServerResponse): void | Promise<void>;
  documents(): SearchDocument[];
}

/** Sends a complete answer; HEAD gets the same head without the body. */
export function send(request: { method: string }, response: ServerResponse, status: number, headers: Record<string, string>, body: string | Buffer): void {
  response.writeHead(status, { 'Content-Length': String(Buffer.byteLength(body)), Date: 'Tue, 06 Jan 2026 09:00:00 GMT', ...headers });
  response.end(request.method === 'HEAD' ? undefined : body);
}

export function sendNotFound(request: { method: string }, response: ServerResponse): void {
  send(request, response, 404, { 'Content-Type': 'text/html; charset=utf-8' }, '<!doctype html><html><head><title>404 Not Found</title></head><body><h1>Not Found</h1><p>The requested page does not exist.</p></body></html>');
}
