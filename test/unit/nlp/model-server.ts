import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

export type Reply = (request: { body: Record<string, unknown>; headers: IncomingMessage['headers'] }, response: ServerResponse) => void;

/** A small server that speaks the chat completions format; `reply` decides each answer, `requests` keeps what was asked. */
export class ModelServer {
  readonly requests: { body: Record<string, unknown>; headers: IncomingMessage['headers']; url: string | undefined }[] = [];
  reply: Reply = answer({});
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>;
        this.requests.push({ body, headers: request.headers, url: request.url });
        this.reply({ body, headers: request.headers }, response);
      });
    });
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

export function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(typeof body === 'string' ? body : JSON.stringify(body));
}

export function completion(content: string | null, choice: { finish_reason?: string; refusal?: string | null } = {}): object {
  return {
    id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'planner-1',
    choices: [{ index: 0, finish_reason: choice.finish_reason ?? 'stop', logprobs: null, message: { role: 'assistant', content, refusal: choice.refusal ?? null } }],
    usage: { prompt_tokens: 100, completion_tokens: 23, total_tokens: 123 },
  };
}

/** Answers with `value` as the JSON content. */
export function answer(value: unknown): Reply {
  return (_request, response) => send(response, 200, completion(JSON.stringify(value)));
}

export function failWith(status: number, code: string, headers: Record<string, string> = {}): Reply {
  return (_request, response) => send(response, status, { error: { message: 'no', type: 'error', param: null, code } }, headers);
}
