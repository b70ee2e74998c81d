import { type IncomingMessage, type ServerResponse } from 'node:http';
import { asBase64, hashedEmbedding } from './embeddings.js';
import { goalOf, groundedSentence, readGoal } from './goal-reading.js';
import { type HttpService, readBody, type RequestLog, startHttp } from './http-service.js';
import { hash32 } from './random.js';
import { type Schema, SchemaAnswerer, strictSchemaProblem } from './schema-answer.js';
import { type OpenAiMode } from './types.js';

export interface OpenAiState {
  mode: OpenAiMode;
  next: { mode: OpenAiMode; times: number } | null;
}

interface ChatRequest {
  model?: unknown;
  messages?: { role?: unknown; content?: unknown }[];
  response_format?: { type?: unknown; json_schema?: { name?: unknown; strict?: unknown; schema?: Schema } };
  max_completion_tokens?: unknown;
  max_tokens?: unknown;
  stream?: unknown;
}

interface EmbeddingRequest {
  model?: unknown;
  input?: unknown;
  dimensions?: unknown;
  encoding_format?: unknown;
}

/** Dimensions each model gives by default, and whether they may be cut. */
const EMBEDDING_MODELS: Readonly<Record<string, { dimensions: number; adjustable: boolean }>> = {
  'text-embedding-3-small': { dimensions: 1536, adjustable: true },
  'text-embedding-3-large': { dimensions: 3072, adjustable: true },
  'text-embedding-ada-002': { dimensions: 1536, adjustable: false },
};
const MAX_INPUTS = 2048;
const MAX_INPUT_TOKENS = 8192;
const MAX_REQUEST_TOKENS = 300_000;
const REQUESTS_PER_MINUTE = 5000;
const TOKENS_PER_MINUTE = 2_000_000;

class ApiError extends Error {
  constructor(readonly status: number, message: string, readonly type: string, readonly param: string | null, readonly code: string | null, readonly headers: Record<string, string> = {}) {
    super(message);
  }
}

const invalid = (message: string, param: string | null, code: string | null = null) => new ApiError(400, message, 'invalid_request_error', param, code);

/** Roughly what a tokenizer counts: four characters of Latin text, one and a half of others. */
function countTokens(text: string): number {
  let units = 0;
  for (const character of text) units += character.charCodeAt(0) < 0x250 ? 0.25 : 0.67;
  return Math.ceil(units);
}

function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return (content as { type?: unknown; text?: unknown }[]).map((part) => (typeof part.text === 'string' ? part.text : '')).join('\n');
}

function modeError(mode: OpenAiMode): ApiError | null {
  switch (mode) {
    case 'rate_limited': return new ApiError(429, 'Rate limit reached for requests per min. Please try again in 2s.', 'requests', null, 'rate_limit_exceeded', { 'retry-after': '2', 'retry-after-ms': '2000', 'x-ratelimit-remaining-requests': '0' });
    case 'quota': return new ApiError(429, 'You exceeded your current quota, please check your plan and billing details.', 'insufficient_quota', null, 'insufficient_quota');
    case 'bad_key': return new ApiError(401, 'Incorrect API key provided.', 'invalid_request_error', null, 'invalid_api_key');
    case 'server_error': return new ApiError(500, 'The server had an error while processing your request.', 'server_error', null, null);
    default: return null;
  }
}

function chat(body: ChatRequest, mode: OpenAiMode): { completion: Record<string, unknown>; content: string | null } {
  if (typeof body.model !== 'string' || body.model === '') throw invalid('you must provide a model parameter', 'model');
  if (!Array.isArray(body.messages) || body.messages.length === 0) throw invalid("Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.", 'messages', 'empty_array');
  for (const [i, message] of body.messages.entries()) {
    if (!['system', 'developer', 'user', 'assistant', 'tool'].includes(String(message.role))) throw invalid(`Invalid value: '${String(message.role)}'.`, `messages[${i}].role`, 'invalid_value');
  }
  const format: unknown = body.response_format?.type ?? 'text';
  if (format !== 'text' && format !== 'json_object' && format !== 'json_schema') throw invalid(`Invalid value: '${JSON.stringify(format)}'. Supported values are: 'json_object', 'json_schema', and 'text'.`, 'response_format.type', 'invalid_value');
  const definition = body.response_format?.json_schema;
  if (format === 'json_schema') {
    if (!definition?.schema) throw invalid("Missing required parameter: 'response_format.json_schema'.", 'response_format.json_schema', 'missing_required_parameter');
    const problem = definition.strict === true ? strictSchemaProblem(definition.schema, definition.name) : null;
    if (problem) throw invalid(`Invalid schema for response_format '${String(definition.name)}': ${problem}`, 'response_format', 'invalid_json_schema');
  }
  const prompt = body.messages.map((message) => contentText(message.content)).join('\n');
  if (format === 'json_object' && !/json/i.test(prompt)) throw invalid("'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.", 'messages');
  const user = contentText(body.messages.filter((message) => message.role === 'user').at(-1)?.content ?? prompt);
  const goal = readGoal(goalOf(user));

  let content: string | null;
  let refusal: string | null = null;
  let finish = 'stop';
  if (mode === 'refusal') [content, refusal] = [null, "I'm sorry, I can't assist with that request."];
  else if (mode === 'content_filter') [content, finish] = ['', 'content_filter'];
  else if (mode === 'wrong_shape') content = JSON.stringify({ unexpected: ['shape'], note: 'a model without strict mode may answer like this' });
  else if (format === 'json_schema' && definition?.schema) content = JSON.stringify(new SchemaAnswerer(definition.schema, goal, groundedSentence(user)).answer());
  else if (format === 'json_object') content = JSON.stringify({ industries: goal.industries, locations: goal.locations, roles: goal.roles, keywords: goal.keywords, exclusions: goal.exclusions, targetCount: goal.count, queries: goal.queries });
  else content = groundedSentence(user) ?? `We look for ${goal.count ?? 'some'} ${goal.industries.join(', ') || 'companies'}${goal.locations.length > 0 ? ` in ${goal.locations.join(', ')}` : ''}, read their own pages and keep each address with the page that shows it.`;

  const limit = [body.max_completion_tokens, body.max_tokens].find((value): value is number => typeof value === 'number');
  const cut = mode === 'length' ? Math.floor(countTokens(content ?? '') / 2) : limit !== undefined && content !== null && countTokens(content) > limit ? limit : null;
  if (cut !== null && content !== null) [content, finish] = [content.slice(0, cut * 4), 'length'];
  if (mode === 'malformed' && content !== null) content = `Sure! Here is the JSON:\n${content.slice(0, Math.floor(content.length * 0.8))}`;
  const promptTokens = countTokens(prompt) + 3 * body.messages.length;
  const completionTokens = countTokens(content ?? refusal ?? '');
  return {
    content,
    completion: {
      id: `chatcmpl-sandbox${hash32(prompt).toString(36)}`, object: 'chat.completion', created: Math.floor(Date.now() / 1000), model: body.model, service_tier: 'default', system_fingerprint: 'fp_sandbox',
      choices: [{ index: 0, message: { role: 'assistant', content, refusal, annotations: [] }, logprobs: null, finish_reason: finish }],
      usage: { prompt_tokens: promptTokens, completion_tokens: completionTokens, total_tokens: promptTokens + completionTokens, prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 }, completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0, accepted_prediction_tokens: 0, rejected_prediction_tokens: 0 } },
    },
  };
}

function embeddings(body: EmbeddingRequest): Record<string, unknown> {
  const known = typeof body.model === 'string' ? EMBEDDING_MODELS[body.model] : undefined;
  if (!known) throw new ApiError(404, `The model '${String(body.model)}' does not exist or you do not have access to it.`, 'invalid_request_error', null, 'model_not_found');
  const raw: unknown[] = Array.isArray(body.input) && !body.input.every((part) => typeof part === 'number') ? (body.input as unknown[]) : [body.input];
  if (raw.length === 0 || raw.length > MAX_INPUTS) throw invalid(`'input' must have between 1 and ${MAX_INPUTS} items`, 'input');
  const inputs = raw.map((part) => {
    if (typeof part === 'string' && part !== '') return { text: part, tokens: countTokens(part) };
    if (Array.isArray(part) && part.length > 0 && part.every((token) => Number.isInteger(token))) return { text: part.join(' '), tokens: part.length };
    throw invalid("'$.input' is invalid. Please check the API reference.", 'input');
  });
  const tooLong = inputs.find((input) => input.tokens > MAX_INPUT_TOKENS);
  if (tooLong) throw invalid(`This model's maximum context length is ${MAX_INPUT_TOKENS} tokens, however you requested ${tooLong.tokens} tokens.`, null, 'context_length_exceeded');
  const total = inputs.reduce((sum, input) => sum + input.tokens, 0);
  if (total > MAX_REQUEST_TOKENS) throw invalid(`Requested ${total} tokens, max ${MAX_REQUEST_TOKENS} tokens per request`, 'input', 'max_tokens_per_request');
  const dimensions = body.dimensions ?? known.dimensions;
  if (typeof dimensions !== 'number' || !Number.isInteger(dimensions) || dimensions < 1 || dimensions > known.dimensions || (body.dimensions !== undefined && !known.adjustable)) throw invalid('Invalid value for dimensions', 'dimensions');
  const format = body.encoding_format ?? 'float';
  if (format !== 'float' && format !== 'base64') throw invalid("Invalid value for 'encoding_format'", 'encoding_format');
  return {
    object: 'list', model: body.model, usage: { prompt_tokens: total, total_tokens: total },
    data: inputs.map((input, index) => {
      const vector = hashedEmbedding(input.text, dimensions);
      return { object: 'embedding', index, embedding: format === 'base64' ? asBase64(vector) : vector };
    }),
  };
}

function stream(response: ServerResponse, completion: Record<string, unknown>, content: string | null, headers: Record<string, string>): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', ...headers });
  const chunk = (delta: Record<string, unknown>, finish: string | null) => response.write(`data: ${JSON.stringify({ id: completion.id, object: 'chat.completion.chunk', created: completion.created, model: completion.model, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`);
  chunk({ role: 'assistant', content: '' }, null);
  for (let at = 0; at < (content ?? '').length; at += 24) chunk({ content: (content ?? '').slice(at, at + 24) }, null);
  chunk({}, 'stop');
  response.end('data: [DONE]\n\n');
}

/** The OpenAI look-alike: chat completions with structured outputs, and embeddings; facts in §9.2 of the wire notes. */
export async function startOpenAi(options: { key: string; state: OpenAiState; log: RequestLog; port: number }): Promise<HttpService> {
  const { state } = options;
  let requestNumber = 0;
  const handler = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    options.log.open('openai', 'openai', request.url ?? '/', request.method ?? 'GET', response);
    const headers: Record<string, string> = {
      'x-request-id': `req_sandbox${++requestNumber}`, 'openai-processing-ms': '12', 'openai-version': '2020-10-01', 'x-ratelimit-limit-requests': String(REQUESTS_PER_MINUTE), 'x-ratelimit-remaining-requests': String(REQUESTS_PER_MINUTE - 1),
      'x-ratelimit-reset-requests': '12ms', 'x-ratelimit-limit-tokens': String(TOKENS_PER_MINUTE), 'x-ratelimit-remaining-tokens': String(TOKENS_PER_MINUTE - 1000), 'x-ratelimit-reset-tokens': '30ms',
    };
    const json = (status: number, body: unknown, extra: Record<string, string> = {}) => response.writeHead(status, { 'Content-Type': 'application/json', ...headers, ...extra }).end(JSON.stringify(body));
    const mode = state.next && state.next.times-- > 0 ? state.next.mode : state.mode;
    const text = await readBody(request);
    if (mode === 'timeout') return;
    try {
      const failure = modeError(mode);
      if (failure) throw failure;
      if (request.headers.authorization !== `Bearer ${options.key}`) throw request.headers.authorization ? modeError('bad_key') ?? invalid('', null) : new ApiError(401, "You didn't provide an API key.", 'invalid_request_error', null, null);
      const path = (request.url ?? '').split('?')[0];
      if (request.method === 'GET' && path === '/v1/models') return void json(200, { object: 'list', data: ['gpt-sandbox', ...Object.keys(EMBEDDING_MODELS)].map((id) => ({ id, object: 'model', created: 1_700_000_000, owned_by: 'sandbox' })) });
      if (request.method !== 'POST' || (path !== '/v1/chat/completions' && path !== '/v1/embeddings')) throw new ApiError(404, `Invalid URL (${request.method ?? ''} ${path ?? ''})`, 'invalid_request_error', null, null);
      let body: unknown;
      try {
        body = JSON.parse(text);
      } catch {
        throw invalid('We could not parse the JSON body of your request.', null);
      }
      if (typeof body !== 'object' || body === null) throw invalid('Expected a JSON object.', null);
      if (path === '/v1/embeddings') return void json(200, embeddings(body));
      const { completion, content } = chat(body, mode);
      if ((body as ChatRequest).stream === true) return stream(response, completion, content, headers);
      json(200, completion);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      json(error.status, { error: { message: error.message, type: error.type, param: error.param, code: error.code } }, error.headers);
    }
  };
  return startHttp(handler, options.port);
}
