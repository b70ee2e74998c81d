import { parseArgs } from 'node:util';
import { startApp } from '../src/app.js';
import { loadConfig } from '../src/config.js';
import { runningEmbeddedPostgres } from '../src/embedded-postgres.js';
import { ApiScope } from '../src/entities/enums.js';
import { LeadlineError, StartupError } from '../src/errors.js';
import { createLogger } from '../src/logger.js';

/** `npm run create-user -- --email A --password P [--name N]`: a verified user, its workspace and an API key, as one JSON document. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { email: { type: 'string' }, password: { type: 'string' }, name: { type: 'string' } } });
  if (!values.email || !values.password) throw new StartupError('Usage: npm run create-user -- --email A --password P [--name N]');
  const config = loadConfig({ ...process.env, LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn' });
  // No role: it neither serves nor works, it only writes two rows.
  // Beside a running server it uses that one's embedded database.
  const running = config.DATABASE_URL ?? runningEmbeddedPostgres(config.DATA_DIR);
  const app = await startApp({ ...config, ROLES: [], ...(running ? { DATABASE_URL: running } : {}) }, createLogger(config.LOG_LEVEL));
  try {
    const { user, workspaceId } = await app.services.auth.createVerifiedUser({ email: values.email, password: values.password, name: values.name ?? null });
    const { secret } = await app.services.apiKeys.createFor(workspaceId, user.id, { name: 'create-user', scopes: [ApiScope.READ, ApiScope.WRITE] });
    console.log(JSON.stringify({ userId: user.id, workspaceId, apiKey: secret }));
  } finally {
    await app.close();
  }
}

main().then(() => process.exit(0), (error: unknown) => {
  console.error(error instanceof StartupError || error instanceof LeadlineError ? error.message : error);
  process.exit(1);
});
