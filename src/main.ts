import { startApp } from './app.js';
import { loadConfig } from './config.js';
import { isDatabaseOutage } from './data-source.js';
import { StartupError } from './errors.js';
import { createLogger } from './logger.js';

/** After this long a shutdown that hangs is ended the hard way; the rows survive it. */
const SHUTDOWN_LIMIT_MS = 20_000;

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const logger = createLogger(config.LOG_LEVEL);
  // A lost promise is a bug to be seen, not a reason to drop everybody's work.
  process.on('unhandledRejection', (error) => { logger.error({ err: error }, 'unhandled rejection'); });
  // A library's database client that is cut off between two queries has nobody to tell; its next query fails and is
  // handled. Anything else uncaught leaves the process in a state nobody knows: it ends, and the rows survive it.
  process.on('uncaughtException', (error) => {
    logger.error({ err: error }, 'uncaught exception');
    if (!isDatabaseOutage(error)) process.exit(1);
  });
  // Heard from the first moment: a start that is cut short must not leave its database running.
  const starting = startApp(config, logger);
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'shutting down');
    setTimeout(() => process.exit(1), SHUTDOWN_LIMIT_MS).unref();
    // A start that fails meanwhile ends the process with its own message.
    void starting.then((app) => app.close()).then(() => process.exit(0), () => undefined);
  };
  process.on('SIGTERM', () => { stop('SIGTERM'); });
  process.on('SIGINT', () => { stop('SIGINT'); });
  const app = await starting;
  logger.info({ url: app.url, roles: config.ROLES, version: config.version }, app.url ? `Leadline listens on ${app.url}` : 'Leadline works');
  // The first goal of the day should not wait for a second's worth of place names.
  if (app.url) void app.services.nlp.warmUp().catch((error: unknown) => { logger.warn({ err: error }, 'the language data could not be loaded ahead'); });
}

main().catch((error: unknown) => {
  console.error(error instanceof StartupError ? error.message : error);
  process.exit(1);
});
