import { createHash } from 'node:crypto';
import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { LeadlineError } from './errors.js';

/** Relay arguments; `first` is 1 to 100. */
export interface PageRequest { first: number; after?: string | null }

/** One page of a list; `count` is only run when a client asks for totalCount. */
export interface PageOf<T> {
  items: { node: T; cursor: string }[];
  hasNextPage: boolean;
  count(): Promise<number>;
}

export interface KeysetOrder {
  /** SQL expression of the sort column on alias `row`, such as `row.created_at`. */
  expression: string;
  /** PostgreSQL type the cursor value is cast to. */
  type: 'timestamptz' | 'int' | 'text' | 'double precision';
  direction: 'ASC' | 'DESC';
}

/** A cursor names its list and order: in another one it would point to a place that means nothing. */
const listKey = (table: string, order: KeysetOrder): string => createHash('sha256').update(`${table} ${order.expression} ${order.direction}`).digest('base64url').slice(0, 6);

const encode = (list: string, value: string, id: string): string => Buffer.from(JSON.stringify([list, value, id])).toString('base64url');

function decode(list: string, cursor: string): [string, string] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(parsed) && parsed[0] === list && typeof parsed[1] === 'string' && typeof parsed[2] === 'string' && isUuid(parsed[2])) return [parsed[1], parsed[2]];
  } catch { /* told below */ }
  throw new LeadlineError('BAD_USER_INPUT', 'This cursor was not made for this list.', { details: { fields: ['after'] } });
}

export const isUuid = (text: string): boolean => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);

/** @throws LeadlineError BAD_USER_INPUT when `first` is not within 1..100 */
export function checkFirst(first: number): void {
  if (first < 1 || first > 100) throw new LeadlineError('BAD_USER_INPUT', 'first must be between 1 and 100.', { details: { fields: ['first'] } });
}

/**
 * Keyset pagination over (expression, id): no page is skipped or repeated while rows are added.
 * @param query selects entities under the alias `row`, without order or limit
 */
export async function paginate<T extends ObjectLiteral & { id: string }>(query: SelectQueryBuilder<T>, request: PageRequest, order: KeysetOrder): Promise<PageOf<T>> {
  checkFirst(request.first);
  const list = listKey(query.expressionMap.mainAlias?.metadata.tableName ?? '', order);
  const all = query.clone();
  const compare = order.direction === 'ASC' ? '>' : '<';
  if (request.after != null) {
    const [value, id] = decode(list, request.after);
    query.andWhere(`(${order.expression}, row.id) ${compare} (CAST(:cursorValue AS ${order.type}), CAST(:cursorId AS uuid))`, { cursorValue: value, cursorId: id });
  }
  // The sort value goes into the cursor exactly as PostgreSQL prints it: a JavaScript Date would lose microseconds.
  query.addSelect(`(${order.expression})::text`, 'sort_key').orderBy(order.expression, order.direction).addOrderBy('row.id', order.direction).limit(request.first + 1);
  const { entities, raw } = await query.getRawAndEntities<{ sort_key: string }>().catch((error: unknown) => {
    // Class 22 is a data exception: a cursor that was tampered with, as all else here is ours.
    if (request.after != null && (error as { code?: string }).code?.startsWith('22')) throw new LeadlineError('BAD_USER_INPUT', 'This cursor was not made for this list.', { details: { fields: ['after'] } });
    throw error;
  });
  return {
    items: entities.slice(0, request.first).map((node, index) => ({ node, cursor: encode(list, raw[index]?.sort_key ?? '', node.id) })),
    hasNextPage: entities.length > request.first,
    count: () => all.getCount(),
  };
}
