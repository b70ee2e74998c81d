import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { expressMiddleware } from '@as-integrations/express5';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import helmet from 'helmet';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { clientAddressReader, networkOf } from './client-address.js';
import type { Config } from './config.js';
import { LeadlineError, publicError } from './errors.js';
import { homePage } from './home-page.js';
import type { Logger } from './logger.js';
import { maskError } from './public-errors.js';
import type { Context } from './resolvers/context.js';
import { createSchema, type Services } from './resolvers/schema.js';
import { Contexts, MAX_QUERY_TOKENS, startSockets } from './sockets.js';
import type { Limits } from './services/auth/limits.js';
import { hashSecret, type TokenSigner } from './services/auth/tokens.js';

/** extractEmails takes whole pages; anything above is answered with a typed error. */
const MAX_BODY = '16mb';
const KEEP_ALIVE_MS = 75_000;

export interface ServerDeps { config: Config; logger: Logger; services: Services; signer: TokenSigner; limits: Limits; /** Password hashings so far. */ passwordWork: () => number }

/** The HTTP and WebSocket doors of settings.md. */
export async function startServer(deps: ServerDeps): Promise<{ url: string; close(): Promise<void> }> {
  const { config, logger, services } = deps;
  const schema = await createSchema(services);
  const app = express();
  const http = createServer(app);
  // Longer than a proxy or client keeps a connection for its next request (a minute, mostly): closed by us first, it would
  // be closed just as that request is on its way, which then fails.
  http.keepAliveTimeout = KEEP_ALIVE_MS;
  const contexts = new Contexts(services, clientAddressReader(config.TRUST_PROXY));
  const sockets = startSockets({ logger, auth: services.auth, contexts, limits: deps.limits }, http, schema);

  const apollo = new ApolloServer<Context>({
    schema,
    parseOptions: { maxTokens: MAX_QUERY_TOKENS },
    includeStacktraceInErrorResponses: false,
    // The schema is public in the repository, and the playground needs it in production too.
    introspection: true,
    plugins: [ApolloServerPluginLandingPageDisabled(), rememberRequestId(), refuseSubscriptions()],
    // main.ts stops the whole process in order; Apollo's own handler would wait for it and it for Apollo.
    stopOnTerminationSignals: false,
    // Credentials travel in a header that no other site's page can send, never in a cookie: there is nothing to forge,
    // and a plain GET works as the GraphQL-over-HTTP specification says. Only queries are taken by GET, only JSON by POST.
    csrfPrevention: false,
    allowBatchedHttpRequests: false,
    formatError: (formatted, error) => maskError(error, formatted, requestIdOf(error) ?? crypto.randomUUID(), logger),
  });
  await apollo.start();
  app.disable('x-powered-by');
  const isSecure = config.publicUrl.startsWith('https:');
  // Asked to upgrade, a browser would follow the links of a server without TLS to https:, where nothing answers.
  app.use(helmet({ contentSecurityPolicy: { directives: { defaultSrc: ["'self'"], styleSrc: ["'self'", "'unsafe-inline'"], upgradeInsecureRequests: isSecure ? [] : null } }, crossOriginEmbedderPolicy: false, strictTransportSecurity: isSecure }));
  app.use('/graphql', async (req, _res, next) => {
    // Before anything is read: also what a flood says is not worth parsing. An error here becomes an error page with its code.
    await deps.limits.consume('api-network', networkOf(contexts.clientOf(req).ip));
    if (req.headers.authorization !== undefined) await deps.limits.consume('api', hashSecret(req.headers.authorization));
    next();
  });
  app.use('/graphql', express.json({ limit: MAX_BODY }), expressMiddleware(apollo, { context: ({ req }) => contexts.ofRequest(req) }));
  addDoors(app, deps, contexts);
  app.use((_req, res) => { res.status(404).json({ errors: [publicError(new LeadlineError('NOT_FOUND', 'There is nothing here.'), '')] }); });
  app.use(errorPage(logger));

  await new Promise<void>((done, failed) => {
    http.once('error', failed);
    http.listen(config.PORT, config.HOST, done);
  });
  const { port } = http.address() as AddressInfo;
  return {
    url: `http://${config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST}:${port}`,
    close: async () => {
      await sockets.dispose();
      await apollo.stop();
      http.closeAllConnections();
      await new Promise((done) => { http.close(done); });
    },
  };
}

const requestIds = new WeakMap<object, string>();
const requestIdOf = (error: unknown): string | undefined => (typeof error === 'object' && error !== null ? requestIds.get(error) : undefined);

/** formatError is not told the request: its id is remembered per error. */
function rememberRequestId() {
  return {
    requestDidStart: async () => ({
      didEncounterErrors: async ({ errors, contextValue }: { errors: readonly object[]; contextValue: Context }) => {
        for (const error of errors) requestIds.set(error, contextValue.requestId);
      },
    }),
  };
}

/** Apollo would run one as a query, whose answer is null. */
function refuseSubscriptions() {
  return {
    requestDidStart: async () => ({
      didResolveOperation: async ({ operation }: { operation?: { operation: string } | undefined }) => {
        if (operation?.operation !== 'subscription') return;
        const refusal = new LeadlineError('BAD_USER_INPUT', 'Subscriptions are answered over the WebSocket at this path.', { details: { fields: ['query'] } });
        // Without a status of its own Apollo would answer 500.
        throw new GraphQLError(refusal.message, { originalError: refusal, extensions: { http: { status: 400 } } });
      },
    }),
  };
}

function addDoors(app: Express, deps: ServerDeps, contexts: Contexts): void {
  const { services, config } = deps;
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  metrics.registerMetric(new Gauge({ name: 'leadline_event_channels', help: 'Streams of events that are being watched now', registers: [], collect() { this.set(services.health.eventChannels()); } }));
  metrics.registerMetric(new Counter({ name: 'leadline_password_hashings_total', help: 'Passwords hashed or compared', registers: [], collect() { this.reset(); this.inc(deps.passwordWork()); } }));
  app.get('/', (_req, res) => { res.type('html').send(homePage(config.version, services.oauth.providerNames())); });
  app.get('/health/live', (_req, res) => { res.json({ status: 'live' }); });
  app.get('/health/ready', async (_req, res) => {
    const isReady = await services.health.isReady();
    res.status(isReady ? 200 : 503).json({ status: isReady ? 'ready' : 'unavailable' });
  });
  app.get('/metrics', async (_req, res) => { res.type(metrics.contentType).send(await metrics.metrics()); });
  app.get('/.well-known/jwks.json', (_req, res) => { res.json(deps.signer.jwks()); });
  app.get('/auth/:provider', (req, res) => signInElsewhere(services, contexts, 'begin', req, res));
  app.get('/auth/:provider/callback', (req, res) => signInElsewhere(services, contexts, 'finish', req, res));
  app.get('/files/exports/:id', (req, res) => sendExport(services, req, res));
  let playground: Promise<Buffer> | undefined;
  app.get('/graphiql', async (_req, res) => {
    // One page of about 9 MB with everything inside; packed once.
    playground ??= promisify(gzip)(renderGraphiQL({ endpoint: '/graphql', subscriptionsProtocol: 'GRAPHQL_WS' as never, title: 'Leadline' }));
    res.setHeader('Content-Security-Policy', "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; worker-src blob:; connect-src 'self' ws: wss:");
    res.setHeader('Content-Encoding', 'gzip');
    res.type('html').send(await playground);
  });
}

/** The browser's two visits of a sign-in with a provider. A person who fails is shown the dashboard, a program the error. */
async function signInElsewhere(services: Services, contexts: Contexts, step: 'begin' | 'finish', req: Request<{ provider: string }>, res: Response): Promise<void> {
  const { provider } = req.params;
  const { cookie } = req.headers;
  res.setHeader('Cache-Control', 'no-store');
  try {
    const sending = step === 'begin' ? await services.oauth.begin(provider, req.query, contexts.clientOf(req)) : await services.oauth.finish(provider, req.query, cookie, contexts.clientOf(req));
    res.setHeader('Set-Cookie', sending.cookie);
    res.redirect(302, sending.location);
  } catch (error) {
    if (!(error instanceof LeadlineError)) throw error;
    const ended = step === 'finish' ? services.oauth.failureCookie(provider, error) : null;
    if (ended !== null) res.setHeader('Set-Cookie', ended);
    if (req.accepts(['json', 'html']) !== 'html') throw error;
    res.redirect(302, services.oauth.failureLocation(provider, cookie, error));
  }
}

async function sendExport(services: Services, req: Request<{ id: string }>, res: Response): Promise<void> {
  const { stream, bytes, fileName } = await services.exports.download(req.params.id, typeof req.query.token === 'string' ? req.query.token : '');
  res.setHeader('Content-Type', 'text/csv; charset=utf-8');
  res.setHeader('Content-Length', bytes);
  res.setHeader('Content-Disposition', `attachment; filename="${fileName}"`);
  stream.on('error', () => { res.destroy(); });
  stream.pipe(res);
}

/** Express would answer with a page of HTML and, in development, a stack. */
function errorPage(logger: Logger): ErrorRequestHandler {
  const statusOf: Partial<Record<string, number>> = { NOT_FOUND: 404, UNAUTHENTICATED: 401, FORBIDDEN: 403, EMAIL_NOT_VERIFIED: 403, RATE_LIMITED: 429, BAD_USER_INPUT: 400, SERVICE_UNAVAILABLE: 503 };
  return (error: unknown, _req, res, _next) => {
    const requestId = crypto.randomUUID();
    const { type, status } = error as { type?: string; status?: number };
    const known = type === 'entity.too.large' ? new LeadlineError('BAD_USER_INPUT', `The request is larger than ${MAX_BODY}.`, { details: { fields: ['body'] } })
      : status !== undefined && status >= 400 && status < 500 ? new LeadlineError('BAD_USER_INPUT', 'The request could not be read.', { details: { fields: ['body'] } }) : error;
    if (!(known instanceof LeadlineError)) logger.error({ requestId, err: error }, 'a request failed');
    const body: { errors: GraphQLFormattedError[] } = { errors: [publicError(known, requestId)] };
    res.status(type === 'entity.too.large' ? 413 : known instanceof LeadlineError ? statusOf[known.code] ?? 400 : 500).json(body);
  };
}
