import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { LeadlineError, publicError, type ErrorCode } from './errors.js';
import { isDatabaseOutage } from './data-source.js';
import type { Logger } from './logger.js';

/** Codes of GraphQL itself, in the words of docs/errors.md. */
const GRAPHQL_CODES: Record<string, ErrorCode> = {
  GRAPHQL_PARSE_FAILED: 'BAD_USER_INPUT', GRAPHQL_VALIDATION_FAILED: 'BAD_USER_INPUT', BAD_USER_INPUT: 'BAD_USER_INPUT', BAD_REQUEST: 'BAD_USER_INPUT',
  OPERATION_RESOLUTION_FAILURE: 'BAD_USER_INPUT', PERSISTED_QUERY_NOT_FOUND: 'BAD_USER_INPUT', PERSISTED_QUERY_NOT_SUPPORTED: 'BAD_USER_INPUT',
};
const TOO_MANY_TOKENS = /more that (\d+) tokens/;

/** `instanceof GraphQLError` can fail with two copies of graphql, and Apollo's own kinds have names of their own: shapes are compared. */
const isGraphqlError = (error: unknown): error is GraphQLError => error instanceof Error && 'extensions' in error && 'nodes' in error && 'positions' in error;

/** Follows `originalError` down to what was thrown. */
function thrownBy(error: unknown): unknown {
  let at = error;
  while (isGraphqlError(at) && at.originalError) at = at.originalError;
  return at;
}

/** One mask for HTTP and for WebSocket: only LeadlineErrors and mistakes in the query pass. */
export function maskError(error: unknown, formatted: GraphQLFormattedError, requestId: string, logger: Logger): GraphQLFormattedError {
  const thrown = thrownBy(error);
  const where = { ...(formatted.locations ? { locations: formatted.locations } : {}), ...(formatted.path ? { path: formatted.path } : {}) };
  if (thrown instanceof LeadlineError) return { ...publicError(thrown, requestId), ...where };
  const tokens = TOO_MANY_TOKENS.exec(formatted.message);
  if (tokens) return { ...publicError(new LeadlineError('QUERY_TOO_COMPLEX', 'The query is too long.', { details: { limit: Number(tokens[1]) } }), requestId) };
  const code = typeof formatted.extensions?.code === 'string' ? GRAPHQL_CODES[formatted.extensions.code] : undefined;
  // A GraphQL error of the library's own, without a cause: a mistake in the query, told in the library's words.
  const isMistake = isGraphqlError(thrown) && (code !== undefined || formatted.path === undefined);
  if (isMistake) return { message: formatted.message, extensions: { code: code ?? 'BAD_USER_INPUT' }, ...where };
  if (isDatabaseOutage(thrown)) return { ...publicError(new LeadlineError('SERVICE_UNAVAILABLE', 'The database is out of reach.', { details: { dependency: 'database', retryAfterMs: 2_000 } }), requestId), ...where };
  logger.error({ requestId, err: thrown }, 'a request failed');
  return { ...publicError(thrown, requestId), ...where };
}

/** The same for errors that graphql-ws hands out as GraphQLErrors. */
export function maskGraphqlErrors(errors: readonly GraphQLError[], requestId: string, logger: Logger): GraphQLError[] {
  return errors.map((error) => {
    const masked = maskError(error, error.toJSON(), requestId, logger);
    return new GraphQLError(masked.message, { nodes: error.nodes ?? null, path: error.path ?? null, extensions: masked.extensions ?? {} });
  });
}
