import { type ServerResponse } from 'node:http';
import { type Socket } from 'node:net';
import { send, sendNotFound, type WebHost, type WebRequest } from '../web-host.js';

/** One way to be hostile, for whole sites; each lives at a registrable domain of its own and in no search index. */
export interface WildBehaviour {
  /** In kebab case; its host is `wild-<name>.com`. */
  name: string;
  serve(request: WebRequest, response: ServerResponse, tools: WildTools): void;
  /** What robots.txt answers; 404 when absent. */
  robots?(request: WebRequest, response: ServerResponse, tools: WildTools): void;
}

export interface WildTools {
  host: string;
  html: (body: string, headers?: Record<string, string>) => void;
  redirect: (location: string) => void;
  /** Writes to the socket below HTTP. */
  raw: (bytes: string | Buffer) => void;
  /** Bytes again and again until the other side has gone; the timer dies with the connection. */
  drip: (bytes: string, everyMs: number) => void;
  socket: Socket | null;
  missing: () => void;
}

/** A page with a name, a sentence to be found again, and the links given. */
export function wildPage(title: string, body: string, links: readonly string[] = [], head = ''): string {
  return `<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>${title}</title>${head}</head><body><h1>${title}</h1><p>The workshop repairs clocks, barometers and music boxes of every age, and answers letters within the week it receives them.</p>${body}<nav>${links.map((href, place) => `<a href="${href}">Link ${place + 1}</a>`).join(' ')}</nav></body></html>\n`;
}

export class WildHost implements WebHost {
  readonly host: string;
  readonly aliases: readonly string[] = [];

  constructor(readonly behaviour: WildBehaviour) {
    this.host = `wild-${behaviour.name}.com`;
  }

  handle(request: WebRequest, response: ServerResponse): void {
    const { behaviour, host } = this;
    const { socket } = response;
    const tools: WildTools = {
      host, socket,
      html: (body, headers = {}) => send(request, response, 200, { 'Content-Type': 'text/html; charset=utf-8', ...headers }, body),
      redirect: (location) => send(request, response, 302, { Location: location }, ''),
      raw: (bytes) => { socket?.write(bytes); },
      drip: (bytes, everyMs) => {
        const timer = setInterval(() => { if (socket?.writable === true) socket.write(bytes); }, everyMs);
        response.once('close', () => clearInterval(timer));
      },
      missing: () => sendNotFound(request, response),
    };
    if (request.path === '/robots.txt') {
      if (behaviour.robots === undefined) tools.missing();
      else behaviour.robots(request, response, tools);
      return;
    }
    behaviour.serve(request, response, tools);
  }

  documents(): [] {
    return [];
  }
}
