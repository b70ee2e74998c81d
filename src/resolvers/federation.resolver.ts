import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { Identity } from '../entities/identity.js';
import { User } from '../entities/user.js';
import { Identities } from '../services/auth/identities.js';
import { OAuthService } from '../services/auth/oauth.service.js';
import { AuthTokens } from './accounts.resolver.js';
import type { Context } from './context.js';

@Resolver(() => User)
export class FederationResolver {
  constructor(private readonly oauth: OAuthService, private readonly identityService: Identities) {}

  @Mutation(() => AuthTokens, { description: 'Ends a sign-in with a provider: the code of the redirect becomes tokens, once, within a minute. verifier belongs to the code_challenge the sign-in began with, if any.' })
  exchangeOAuthCode(@Ctx() ctx: Context, @Arg('code', () => String) code: string, @Arg('verifier', () => String, { nullable: true }) verifier?: string | null): Promise<AuthTokens> {
    return this.oauth.exchange(code, verifier ?? null, ctx.client);
  }

  @FieldResolver(() => [Identity], { description: 'Accounts elsewhere that sign this user in; only the person sees them.' })
  identities(@Root() user: User, @Ctx() ctx: Context): Promise<Identity[]> {
    return this.identityService.of(ctx.actor, user.id);
  }
}
