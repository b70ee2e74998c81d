import { buildSchema, type GraphQLObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { printedSchema } from '../../src/resolvers/schema.js';
import type { ApiError } from '../support/client.js';
import { ANSWERS, PERMISSIONS_BY_FIELD, type PermissionRow } from '../support/permission-table.js';
import { ASKERS, PermissionWorld, type Asker } from '../support/permission-world.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

type Operation = keyof typeof PERMISSIONS_BY_FIELD;

let test: TestApp;
let world: PermissionWorld;
beforeAll(async () => {
  // No worker: nothing that is asked changes by itself.
  test = await startTestApp({ ROLES: 'api' });
  world = await PermissionWorld.create(test);
});
afterAll(async () => {
  await world.close();
  await test.close();
});

interface Outcome { data: unknown; error: ApiError['extensions'] | null }

async function ask(operation: Operation, row: PermissionRow, asker: Asker, isAllowed: boolean): Promise<Outcome> {
  const client = await world.client(asker, row.spent && isAllowed);
  const question = `${operation} { ${await row.ask(world, asker)} }`;
  if (operation !== 'subscription') {
    const { data, errors } = await client.send(question);
    return { data, error: errors[0]?.extensions ?? null };
  }
  const stream = client.subscribe(question);
  try {
    const { value, done } = await stream.events.next() as { value: unknown; done?: boolean };
    return { data: done ? null : value, error: null };
  } catch (error) {
    const { errors } = error as { errors?: ApiError[] };
    if (!errors?.[0]) throw error;
    return { data: null, error: errors[0].extensions };
  } finally {
    await stream.close();
  }
}

/** The answer in the letters of the table; what is none of them is shown as it is. */
function letterOf({ data, error }: Outcome, row: PermissionRow): string {
  if (error === null) return data === null ? 'neither data nor error' : '+';
  if (row.inside.includes(error.code)) return '+';
  const known = Object.entries(ANSWERS).find(([, [code, required]]) => error.code === code && error.required === required);
  return known?.[0] ?? JSON.stringify(error);
}

describe('the table of permissions', () => {
  it.each(['query', 'mutation', 'subscription'] as const)('has one row for every %s of the schema, and no other', async (operation) => {
    const schema = buildSchema(await printedSchema());
    const type = { query: schema.getQueryType(), mutation: schema.getMutationType(), subscription: schema.getSubscriptionType() }[operation] as GraphQLObjectType;
    expect(PERMISSIONS_BY_FIELD[operation].map(({ field }) => field).sort()).toEqual(Object.keys(type.getFields()).sort());
  });
});

describe.each(['query', 'mutation', 'subscription'] as const)('each %s answers everybody as the table says:', (operation) => {
  it.each(PERMISSIONS_BY_FIELD[operation])('$field $answers', async (row) => {
    expect(row.answers).toHaveLength(ASKERS.length);
    expect(await row.ask(world, 'OWNER')).toMatch(new RegExp(`^${row.field}\\b`));
    const outcomes = await Promise.all(ASKERS.map((asker, index) => ask(operation, row, asker, row.answers[index] === '+')));
    const got = Object.fromEntries(ASKERS.map((asker, index) => [asker, letterOf(outcomes[index] ?? { data: null, error: null }, row)]));
    expect(got).toEqual(Object.fromEntries(ASKERS.map((asker, index) => [asker, row.answers[index]])));
    const elsewhere = JSON.stringify([outcomes[ASKERS.indexOf('other')], outcomes[ASKERS.indexOf('nobody')]]);
    expect(world.secrets.filter((id) => elsewhere.includes(id))).toEqual([]);
  });
});
