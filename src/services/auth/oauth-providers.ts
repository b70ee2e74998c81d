import type { Config } from '../../config.js';
import type { OAuthProvider } from './oauth-provider.js';
import { githubProvider, openIdProvider } from './oauth-strategies.js';

/** The providers that have an id and a secret, in the order they are shown. */
export function buildOAuthProviders(config: Config): OAuthProvider[] {
  const settings = (name: string, clientId: string, clientSecret: string, baseUrl: string) => ({ clientId, clientSecret, baseUrl, callbackUrl: `${config.publicUrl}/auth/${name}/callback`, userAgent: config.userAgent });
  return [
    ...(config.GOOGLE_CLIENT_ID && config.GOOGLE_CLIENT_SECRET ? [openIdProvider('google', settings('google', config.GOOGLE_CLIENT_ID, config.GOOGLE_CLIENT_SECRET, config.GOOGLE_BASE_URL))] : []),
    ...(config.GITHUB_CLIENT_ID && config.GITHUB_CLIENT_SECRET ? [githubProvider(settings('github', config.GITHUB_CLIENT_ID, config.GITHUB_CLIENT_SECRET, config.GITHUB_BASE_URL))] : []),
  ];
}
