import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startSandbox, type Sandbox } from '../../../sandbox/index.js';
import { goalOf, readGoal } from '../../../sandbox/goal-reading.js';
import { type Schema, SchemaAnswerer } from '../../../sandbox/schema-answer.js';

let sandbox: Sandbox;
let client: OpenAI;
beforeAll(async () => {
  sandbox = await startSandbox();
  client = new OpenAI({ apiKey: sandbox.openai.key, baseURL: sandbox.openai.url, maxRetries: 0, timeout: 5000 });
});
afterAll(async () => { await sandbox.close(); });
afterEach(() => { sandbox.reset(); });

const strategy = z.object({
  intent: z.object({ kind: z.enum(['FIND_COMPANIES', 'FIND_PEOPLE', 'ENRICH_SITE', 'OTHER', 'UNSAFE']), confidence: z.number(), reason: z.string() }),
  industries: z.array(z.object({ name: z.string(), keywords: z.array(z.string()) })),
  locations: z.array(z.string()), roles: z.array(z.string()), keywords: z.array(z.string()), exclusions: z.array(z.string()),
  targetCount: z.number().int().nullable(),
  queries: z.array(z.object({ provider: z.enum(['BRAVE', 'SEARXNG']), query: z.string(), reason: z.string() })),
  entities: z.array(z.object({ kind: z.enum(['INDUSTRY', 'LOCATION', 'ROLE', 'COUNT', 'EXCLUSION']), text: z.string(), value: z.string(), start: z.number().int(), end: z.number().int() })),
});
const format = (schema: z.ZodType) => ({ type: 'json_schema' as const, json_schema: { name: 'answer', strict: true, schema: z.toJSONSchema(schema) as Record<string, unknown> } });
const ask = (text: string, more: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming> = {}) => client.chat.completions.create({ model: 'gpt-sandbox', messages: [{ role: 'system', content: 'Plan.' }, { role: 'user', content: text }], ...more });

describe('the model look-alike', () => {
  it('fills the schema it is sent with what the goal says', async () => {
    const text = '50 dental clinics in Austin that take walk-ins, practice managers, not orthodontic chains';
    const answer = await ask(text, { response_format: format(strategy) });
    const plan = strategy.parse(JSON.parse(answer.choices[0]?.message.content ?? ''));
    expect(plan.industries.map((industry) => industry.name)).toEqual(['dental clinics']);
    expect(plan.locations).toEqual(['Austin']);
    expect(plan.roles).toEqual(['practice manager']);
    expect(plan.exclusions[0]).toContain('orthodontic');
    expect(plan.targetCount).toBe(50);
    expect(plan.intent.kind).toBe('FIND_COMPANIES');
    expect(plan.queries.map((query) => query.query)).toContain('dental clinics in Austin');
    for (const entity of plan.entities) expect(text.slice(entity.start, entity.end)).toBe(entity.text);
    expect(plan.entities.map((entity) => entity.kind)).toEqual(expect.arrayContaining(['COUNT', 'INDUSTRY', 'LOCATION', 'ROLE', 'EXCLUSION']));
    expect(answer.choices[0]?.finish_reason).toBe('stop');
    expect(answer.usage?.total_tokens).toBe((answer.usage?.prompt_tokens ?? 0) + (answer.usage?.completion_tokens ?? 0));
  });

  it.each([
    ['12 bakeries near Bordeaux', 12, 'bakeries', 'Bordeaux'], ['find law firms in München', null, 'law firms', 'München'], ['surf schools in Nova Aldeia', null, 'surf schools', 'Nova Aldeia'],
    ['I need 30 vineyards around Blankenfeld, owners please', 30, 'vineyards', 'Blankenfeld'],
  ])('reads %s', (text, count, industry, location) => {
    const goal = readGoal(goalOf(text));
    expect(goal).toMatchObject({ count, industries: [industry], locations: [location] });
  });

  it('reads a goal out of a JSON message, and writes from evidence only what the evidence says', async () => {
    const goal = 'Find 7 "brew-pubs" in Portland';
    const plan = strategy.parse(JSON.parse((await ask(JSON.stringify({ goal, reading: { count: 99 } }), { response_format: format(strategy) })).choices[0]?.message.content ?? ''));
    expect([plan.targetCount, plan.locations]).toEqual([7, ['Portland']]);
    const text = z.object({ text: z.string() });
    const evidence = [{ url: 'http://brewpub-test.com/', snippet: 'Our taproom opens at four.' }];
    const answer = text.parse(JSON.parse((await ask(JSON.stringify({ companyName: 'Testwick Brewing', instruction: 'Introduce them', evidence }), { response_format: format(text) })).choices[0]?.message.content ?? ''));
    expect(answer.text).toBe('Testwick Brewing writes: “Our taproom opens at four.”');
  });

  it.each<[string, Schema]>([
    ['nested references and unions', { type: 'object', properties: { a: { $ref: '#/$defs/node' }, b: { anyOf: [{ type: 'string' }, { type: 'null' }] } }, required: ['a', 'b'], additionalProperties: false, $defs: { node: { type: 'object', properties: { next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] }, size: { type: 'integer', minimum: 5, maximum: 9 } }, required: ['next', 'size'], additionalProperties: false } } }],
    ['bounds, constants and formats', { type: 'object', properties: { c: { const: 'x' }, list: { type: 'array', minItems: 2, maxItems: 3, items: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 } }, when: { type: 'string', format: 'date' }, code: { type: 'string', pattern: '^[A-Z]{2}$' }, short: { type: 'string', maxLength: 4 } }, required: ['c', 'list', 'when', 'code', 'short'], additionalProperties: false }],
    ['optional types written as lists', { type: 'object', properties: { region: { type: ['string', 'null'] }, flag: { type: 'boolean' }, five: { type: 'integer', multipleOf: 5, minimum: 3 } }, required: ['region', 'flag', 'five'], additionalProperties: false }],
  ])('fits a schema it has never seen: %s', (_name, schema) => {
    const value = new SchemaAnswerer(schema, readGoal('widgets in Springvale')).answer();
    expect(() => z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]).parse(value)).not.toThrow();
  });

  it('refuses schemas that break the rules of strict mode', async () => {
    for (const schema of [
      { type: 'object', properties: { a: { type: 'string' } }, required: [], additionalProperties: false }, { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }, { type: 'array', items: { type: 'string' } },
      { type: 'object', properties: { a: { allOf: [{ type: 'string' }] } }, required: ['a'], additionalProperties: false },
    ]) {
      await expect(ask('x', { response_format: { type: 'json_schema', json_schema: { name: 'bad', strict: true, schema } } })).rejects.toMatchObject({ status: 400, code: 'invalid_json_schema', param: 'response_format' });
    }
  });

  it('speaks the errors of the service', async () => {
    const stranger = new OpenAI({ apiKey: 'wrong', baseURL: sandbox.openai.url, maxRetries: 0 });
    await expect(stranger.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'x' }] })).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' });
    sandbox.control.openai('rate_limited');
    await expect(ask('x')).rejects.toMatchObject({ status: 429, code: 'rate_limit_exceeded' });
    sandbox.control.openai('quota');
    await expect(ask('x')).rejects.toMatchObject({ status: 429, code: 'insufficient_quota' });
    sandbox.control.openai('server_error');
    await expect(ask('x')).rejects.toMatchObject({ status: 500 });
    sandbox.control.openai('timeout');
    await expect(client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'x' }] }, { timeout: 50 })).rejects.toThrow(OpenAI.APIConnectionTimeoutError);
    await expect(client.chat.completions.create({ model: 'm', messages: [] })).rejects.toThrow();
  });

  it('refuses, breaks off and answers badly when told to', async () => {
    const request = { response_format: format(strategy) };
    sandbox.control.openai('refusal');
    const refused = (await ask('bakeries in Porto', request)).choices[0];
    expect([refused?.message.content, typeof refused?.message.refusal]).toEqual([null, 'string']);
    sandbox.control.openai('length');
    const cut = (await ask('bakeries in Porto', request)).choices[0];
    expect(cut?.finish_reason).toBe('length');
    expect(() => { JSON.parse(cut?.message.content ?? ''); }).toThrow();
    sandbox.control.openai('malformed');
    const malformed = (await ask('bakeries in Porto', request)).choices[0]?.message.content ?? '';
    expect(() => { JSON.parse(malformed); }).toThrow();
    sandbox.control.openai('wrong_shape');
    expect(strategy.safeParse(JSON.parse((await ask('bakeries in Porto', request)).choices[0]?.message.content ?? '')).success).toBe(false);
    sandbox.control.openai('ok');
    sandbox.control.openaiNext('server_error', 1);
    await expect(ask('x')).rejects.toMatchObject({ status: 500 });
    expect((await ask('x', { max_completion_tokens: 3 })).choices[0]?.finish_reason).toBe('length');
  });

  it('streams the same words as it sends whole', async () => {
    const whole = (await ask('bakeries in Porto')).choices[0]?.message.content;
    const stream = await client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'bakeries in Porto' }], stream: true });
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    expect(text).toBe(whole);
  });
});

describe('the embeddings look-alike', () => {
  const embed = async (input: string | string[], more: Partial<OpenAI.EmbeddingCreateParams> = {}) => (await client.embeddings.create({ model: 'text-embedding-3-small', input, ...more })).data.map((item) => item.embedding);
  const dot = (a: number[] = [], b: number[] = []) => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

  it('gives unit vectors that are near for texts that share words', async () => {
    const [a, b, c] = await embed(['dental clinic in Austin', 'a dental clinic, Austin Texas', 'brewery with a taproom']);
    expect(a).toHaveLength(1536);
    for (const vector of [a, b, c]) expect(dot(vector, vector)).toBeCloseTo(1, 4);
    expect(dot(a, b)).toBeGreaterThan(dot(a, c) + 0.3);
  });

  it('cuts dimensions and writes the same numbers in base64', async () => {
    const [float] = await embed('hotel', { dimensions: 256, encoding_format: 'float' });
    const [decoded] = await embed('hotel', { dimensions: 256 }); // the client asks for base64 by itself
    expect(float).toHaveLength(256);
    decoded?.forEach((value, i) => expect(value).toBeCloseTo(float?.[i] ?? 2, 6));
  });

  it('keeps the limits of the service', async () => {
    await expect(embed('')).rejects.toMatchObject({ status: 400 });
    await expect(embed([])).rejects.toMatchObject({ status: 400 });
    await expect(embed(Array<string>(2049).fill('a'))).rejects.toMatchObject({ status: 400 });
    await expect(embed('word '.repeat(9000))).rejects.toMatchObject({ status: 400, code: 'context_length_exceeded' });
    await expect(embed(Array<string>(60).fill('word '.repeat(4100)))).rejects.toMatchObject({ code: 'max_tokens_per_request' });
    await expect(embed('a', { dimensions: 4000 })).rejects.toMatchObject({ param: 'dimensions' });
    await expect(embed('a', { model: 'no-such-model' })).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
  });
});
