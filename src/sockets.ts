import type { IncomingMessage, Server } from 'node:http';
import { GraphQLError, parse, validate, type GraphQLSchema } from 'graphql';
import { CloseCode } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer, type WebSocket } from 'ws';
import { networkOf } from './client-address.js';
import { LeadlineError } from './errors.js';
import type { Logger } from './logger.js';
import { maskGraphqlErrors } from './public-errors.js';
import type { Context } from './resolvers/context.js';
import { createLoaders } from './resolvers/loaders.js';
import type { Services } from './resolvers/schema.js';
import type { AuthService } from './services/auth/auth.service.js';
import type { Credentials } from './services/auth/bearer.js';
import type { Limits } from './services/auth/limits.js';
import type { Client } from './services/auth/sessions.js';

/** A longer query is refused before it is read. */
export const MAX_QUERY_TOKENS = 1_000;
/** A timer holds at most 2^31 ms; what lives longer is looked at again. */
const LONGEST_TIMER_MS = 86_400_000;

type Request = Pick<IncomingMessage, 'headers' | 'socket'>;

/** Who asks, from where: the same for HTTP and WebSocket. */
export class Contexts {
  constructor(private readonly services: Services, private readonly addressOf: (request: Request) => string | null) {}

  async ofRequest(request: Request): Promise<Context> {
    return this.of(await this.credentials(request.headers.authorization), request);
  }

  of(credentials: Credentials | null, request: Request): Context {
    const actor = credentials?.actor ?? null;
    return { actor, requestId: crypto.randomUUID(), loaders: createLoaders(this.services, actor), services: this.services, client: this.clientOf(request) };
  }

  clientOf(request: Request): Client {
    return { ip: this.addressOf(request), userAgent: request.headers['user-agent'] ?? null };
  }

  /** Bad credentials are nobody: public fields, such as refreshToken, still work, everything else says UNAUTHENTICATED. */
  async credentials(authorization: unknown): Promise<Credentials | null> {
    return await this.services.auth.authenticate(typeof authorization === 'string' ? authorization : undefined).catch((error: unknown) => {
      if (error instanceof LeadlineError && error.code === 'UNAUTHENTICATED') return null;
      throw error;
    });
  }
}

/** One open socket; `credentials` are null for a client that named none. */
interface Live { socket: WebSocket; request: Request; credentials: Credentials | null; timer: NodeJS.Timeout | undefined }

/**
 * The WebSocket door (graphql-transport-ws). A socket lives as long as its credentials: it is closed with 4401 when they
 * expire or are revoked, and from that moment takes no operation and passes no event. A client stays by sending the
 * next access token of the same session in the payload of a `ping`.
 */
export function startSockets(deps: { logger: Logger; auth: AuthService; contexts: Contexts; limits: Limits }, http: Server, schema: GraphQLSchema): { dispose: () => void | Promise<void> } {
  const { logger, auth, contexts } = deps;
  const webSockets = new WebSocketServer({ server: http, path: '/graphql', maxPayload: 1_000_000 });
  const live = new Map<unknown, Live>();

  const unauthorized = (at: Live): void => { at.socket.close(4401, 'Unauthorized'); };
  const holds = (at: Live): boolean => at.credentials === null || auth.stillHold(at.credentials);
  const watchExpiry = (at: Live): void => {
    clearTimeout(at.timer);
    const expiresAt = at.credentials?.expiresAt?.getTime();
    if (expiresAt === undefined) return;
    at.timer = setTimeout(() => {
      if (holds(at)) watchExpiry(at);
      else unauthorized(at);
    }, Math.min(Math.max(0, expiresAt - Date.now()), LONGEST_TIMER_MS));
  };
  const stopListening = auth.onRevocation(() => {
    for (const at of live.values()) if (!holds(at)) unauthorized(at);
  });
  /** The socket behind an operation, unless its credentials have ended in this moment: then it is closed before anything is sent. */
  const holding = (extra: unknown): Live | null => {
    const at = live.get(extra);
    if (!at || holds(at)) return at ?? null;
    unauthorized(at);
    return null;
  };

  const server = useServer<{ authorization?: unknown }, { socket: WebSocket; request: IncomingMessage }>({
    schema,
    onConnect: async (ctx) => {
      const { socket, request } = ctx.extra;
      const authorization = ctx.connectionParams?.authorization;
      try {
        const credentials = await contexts.credentials(authorization);
        if (authorization !== undefined && !credentials) {
          socket.close(4401, 'Unauthorized');
          return false;
        }
        const at: Live = { socket, request, credentials, timer: undefined };
        // A client may have left while its credentials were read.
        if (socket.readyState === socket.OPEN) live.set(ctx.extra, at);
        // Registered first, looked at again: a revocation in between is not missed.
        if (!holds(at)) unauthorized(at);
        else watchExpiry(at);
        return true;
      } catch (error) {
        // The token is good and the person known; trying again with it changes nothing.
        if (error instanceof LeadlineError && error.code === 'EMAIL_NOT_VERIFIED') {
          socket.close(CloseCode.Forbidden, error.code);
          return false;
        }
        // Left to the library, an error here would close the socket with its raw message as the reason.
        logger.warn({ err: error }, 'a socket could not be opened');
        // 1013, "try again later": graphql-ws clients do.
        socket.close(1013, 'Try again later');
        return false;
      }
    },
    onPing: async (ctx, payload) => {
      const at = live.get(ctx.extra);
      const authorization = payload?.authorization;
      if (!at || authorization === undefined) return;
      try {
        const next = await contexts.credentials(authorization);
        const [was, is] = [at.credentials?.actor, next?.actor];
        if (!next || !is) unauthorized(at);
        // What runs on this socket was started as that person in that workspace, and goes on as nobody else.
        else if (was?.userId !== is.userId || was.workspaceId !== is.workspaceId || was.sessionId !== is.sessionId || was.apiKeyId !== is.apiKeyId) at.socket.close(CloseCode.Forbidden, 'Forbidden');
        else {
          at.credentials = next;
          watchExpiry(at);
        }
      } catch (error) {
        logger.warn({ err: error }, 'credentials of a socket could not be read');
        at.socket.close(1013, 'Try again later');
      }
    },
    onClose: (ctx) => {
      clearTimeout(live.get(ctx.extra)?.timer);
      live.delete(ctx.extra);
    },
    // Parsed here with the limit of HTTP, and mistakes go to the operation: the library would close the socket
    // for a syntax error.
    onSubscribe: async (ctx, _id, payload) => {
      try {
        const asks = live.get(ctx.extra)?.credentials?.actor;
        await deps.limits.consume('api-network', networkOf(contexts.clientOf(ctx.extra.request).ip));
        if (asks) await deps.limits.consume('api', asks.apiKeyId ?? asks.userId);
        // Asked last: nothing is waited for between this and the operation.
        const at = holding(ctx.extra);
        if (!at) throw new LeadlineError('UNAUTHENTICATED', 'The credentials have expired or were revoked.');
        const document = parse(payload.query, { maxTokens: MAX_QUERY_TOKENS });
        const mistakes = validate(schema, document);
        if (mistakes.length > 0) return mistakes;
        return { schema, document, contextValue: contexts.of(at.credentials, at.request), operationName: payload.operationName ?? null, variableValues: payload.variables ?? null };
      } catch (error) {
        return [error instanceof GraphQLError ? error : new GraphQLError('', { originalError: error instanceof Error ? error : new Error(String(error)) })];
      }
    },
    onError: (_ctx, _id, _payload, errors) => maskGraphqlErrors(errors, crypto.randomUUID(), logger),
    onNext: (ctx, _id, _payload, args, result) => {
      // Closed here, the socket sends nothing any more: the result that is on its way stays here.
      if (!holding(ctx.extra)) return undefined;
      return result.errors ? { ...result, errors: maskGraphqlErrors(result.errors, (args.contextValue as Context).requestId, logger) } : undefined;
    },
  }, webSockets);
  return {
    dispose: async () => {
      stopListening();
      for (const at of live.values()) clearTimeout(at.timer);
      await server.dispose();
    },
  };
}
