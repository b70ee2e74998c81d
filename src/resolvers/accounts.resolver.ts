import { GraphQLDateTime } from 'graphql-scalars';
import { Arg, Ctx, Field, FieldResolver, ID, InputType, Mutation, ObjectType, Query, Resolver, Root } from 'type-graphql';
import { ApiKey } from '../entities/api-key.js';
import { ApiScope } from '../entities/enums.js';
import { Membership } from '../entities/membership.js';
import { Session } from '../entities/session.js';
import { User } from '../entities/user.js';
import { Workspace } from '../entities/workspace.js';
import { ApiKeys } from '../services/auth/api-keys.js';
import { AuthService } from '../services/auth/auth.service.js';
import { Workspaces } from '../services/auth/workspaces.js';
import { signedIn, type Context } from './context.js';

@ObjectType()
export class AuthTokens {
  @Field(() => String)
  accessToken!: string;

  @Field(() => GraphQLDateTime)
  accessTokenExpiresAt!: Date;

  @Field(() => String)
  refreshToken!: string;

  @Field(() => GraphQLDateTime)
  refreshTokenExpiresAt!: Date;

  @Field(() => User)
  user!: User;

  @Field(() => Workspace)
  workspace!: Workspace;
}

@ObjectType({ description: 'The secret is shown once, here.' })
class CreatedApiKey {
  @Field(() => ApiKey)
  apiKey!: ApiKey;

  @Field(() => String)
  secret!: string;
}

@InputType()
class RegisterInput {
  @Field(() => String)
  email!: string;

  @Field(() => String)
  password!: string;

  @Field(() => String, { nullable: true })
  name?: string | null;
}

@InputType()
class LoginInput {
  @Field(() => String)
  email!: string;

  @Field(() => String)
  password!: string;
}

@InputType()
class CreateApiKeyInput {
  @Field(() => String)
  name!: string;

  @Field(() => [ApiScope])
  scopes!: ApiScope[];

  @Field(() => GraphQLDateTime, { nullable: true })
  expiresAt?: Date | null;
}

@Resolver(() => User)
export class AccountsResolver {
  constructor(private readonly auth: AuthService, private readonly workspaces: Workspaces, private readonly apiKeyService: ApiKeys) {}

  @Query(() => User)
  me(@Ctx() ctx: Context): Promise<User> {
    return this.workspaces.me(signedIn(ctx));
  }

  @Query(() => Workspace)
  workspace(@Ctx() ctx: Context): Promise<Workspace> {
    return this.workspaces.current(signedIn(ctx));
  }

  @Query(() => [Session])
  sessions(@Ctx() ctx: Context): Promise<Session[]> {
    return this.auth.sessions(signedIn(ctx));
  }

  @Query(() => [ApiKey])
  apiKeys(@Ctx() ctx: Context): Promise<ApiKey[]> {
    return this.apiKeyService.list(signedIn(ctx));
  }

  @Mutation(() => User)
  register(@Ctx() ctx: Context, @Arg('input', () => RegisterInput) input: RegisterInput): Promise<User> {
    return this.auth.register(input, ctx.client);
  }

  @Mutation(() => AuthTokens)
  login(@Ctx() ctx: Context, @Arg('input', () => LoginInput) input: LoginInput): Promise<AuthTokens> {
    return this.auth.login(input, ctx.client);
  }

  @Mutation(() => AuthTokens)
  verifyEmail(@Ctx() ctx: Context, @Arg('token', () => String) token: string): Promise<AuthTokens> {
    return this.auth.verifyEmail(token, ctx.client);
  }

  @Mutation(() => Boolean)
  resendVerification(@Ctx() ctx: Context, @Arg('email', () => String) email: string): Promise<boolean> {
    return this.auth.resendVerification(email, ctx.client);
  }

  @Mutation(() => Boolean)
  requestPasswordReset(@Ctx() ctx: Context, @Arg('email', () => String) email: string): Promise<boolean> {
    return this.auth.requestPasswordReset(email, ctx.client);
  }

  @Mutation(() => Boolean)
  resetPassword(@Ctx() ctx: Context, @Arg('token', () => String) token: string, @Arg('newPassword', () => String) newPassword: string): Promise<boolean> {
    return this.auth.resetPassword(token, newPassword, ctx.client);
  }

  @Mutation(() => AuthTokens)
  refreshToken(@Ctx() ctx: Context, @Arg('refreshToken', () => String) refreshToken: string): Promise<AuthTokens> {
    return this.auth.refreshToken(refreshToken, ctx.client);
  }

  @Mutation(() => Boolean)
  logout(@Ctx() ctx: Context): Promise<boolean> {
    return this.auth.logout(signedIn(ctx), ctx.client);
  }

  @Mutation(() => Boolean)
  changePassword(@Ctx() ctx: Context, @Arg('currentPassword', () => String) currentPassword: string, @Arg('newPassword', () => String) newPassword: string): Promise<boolean> {
    return this.auth.changePassword(signedIn(ctx), currentPassword, newPassword, ctx.client);
  }

  @Mutation(() => Boolean, { description: 'Deletes the account and, where it is the last owner, its workspace.' })
  deleteAccount(@Ctx() ctx: Context, @Arg('password', () => String) password: string): Promise<boolean> {
    return this.auth.deleteAccount(signedIn(ctx), password, ctx.client);
  }

  @Mutation(() => Boolean)
  logoutEverywhere(@Ctx() ctx: Context): Promise<boolean> {
    return this.auth.logoutEverywhere(signedIn(ctx), ctx.client);
  }

  @Mutation(() => Boolean)
  revokeSession(@Ctx() ctx: Context, @Arg('id', () => ID) id: string): Promise<boolean> {
    return this.auth.revokeSession(signedIn(ctx), id, ctx.client);
  }

  @Mutation(() => CreatedApiKey)
  createApiKey(@Ctx() ctx: Context, @Arg('input', () => CreateApiKeyInput) input: CreateApiKeyInput): Promise<CreatedApiKey> {
    return this.apiKeyService.create(signedIn(ctx), input);
  }

  @Mutation(() => Boolean)
  revokeApiKey(@Ctx() ctx: Context, @Arg('id', () => ID) id: string): Promise<boolean> {
    return this.apiKeyService.revoke(signedIn(ctx), id);
  }

  @FieldResolver(() => Boolean)
  emailVerified(@Root() user: User): boolean {
    return user.emailVerifiedAt !== null;
  }

  @FieldResolver(() => [Membership])
  memberships(@Root() user: User, @Ctx() ctx: Context): Promise<Membership[]> | Membership[] {
    // The answer to a registration must be the same for an address that is taken (AUTH_DISCLOSE_EXISTING_EMAIL=false).
    if (!ctx.actor && user.emailVerifiedAt === null) return [];
    return this.workspaces.membershipsOf(ctx.actor, user.id);
  }
}

@Resolver(() => Workspace)
export class WorkspaceResolver {
  constructor(private readonly workspaces: Workspaces) {}

  @FieldResolver(() => [Membership])
  members(@Root() workspace: Workspace, @Ctx() ctx: Context): Promise<Membership[]> | Membership[] {
    return ctx.actor ? this.workspaces.membersOf(ctx.actor, workspace.id) : [];
  }
}

@Resolver(() => Membership)
export class MembershipResolver {
  @FieldResolver(() => Workspace)
  workspace(@Root() membership: Membership, @Ctx() ctx: Context): Promise<Workspace | null> {
    return ctx.loaders.workspaces.load(membership.workspaceId);
  }

  @FieldResolver(() => User)
  user(@Root() membership: Membership, @Ctx() ctx: Context): Promise<User | null> {
    return ctx.loaders.users.load(membership.userId);
  }
}

@Resolver(() => Session)
export class SessionResolver {
  @FieldResolver(() => Boolean, { description: 'Whether it is the one that asks.' })
  current(@Root() session: Session, @Ctx() ctx: Context): boolean {
    return session.id === ctx.actor?.sessionId;
  }
}
