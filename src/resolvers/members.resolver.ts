import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import { Role } from '../entities/enums.js';
import { Invitation } from '../entities/invitation.js';
import { Membership } from '../entities/membership.js';
import { Workspace } from '../entities/workspace.js';
import { Invitations } from '../services/auth/invitations.js';
import { Members } from '../services/auth/members.js';
import { Workspaces } from '../services/auth/workspaces.js';
import { AuthTokens } from './accounts.resolver.js';
import { signedIn, type Context } from './context.js';

/** Who belongs to a workspace, and how one gets in and out. */
@Resolver()
export class MembersResolver {
  constructor(private readonly workspaces: Workspaces, private readonly members: Members, private readonly invites: Invitations) {}

  @Query(() => [Invitation])
  invitations(@Ctx() ctx: Context): Promise<Invitation[]> {
    return this.invites.list(signedIn(ctx));
  }

  @Mutation(() => Workspace)
  createWorkspace(@Ctx() ctx: Context, @Arg('name', () => String) name: string): Promise<Workspace> {
    return this.workspaces.create(signedIn(ctx), name);
  }

  @Mutation(() => AuthTokens)
  switchWorkspace(@Ctx() ctx: Context, @Arg('id', () => ID) id: string): Promise<AuthTokens> {
    return this.workspaces.switch(signedIn(ctx), id);
  }

  @Mutation(() => Boolean)
  inviteMember(@Ctx() ctx: Context, @Arg('email', () => String) email: string, @Arg('role', () => Role) role: Role): Promise<boolean> {
    return this.invites.invite(signedIn(ctx), email, role);
  }

  @Mutation(() => Membership)
  acceptInvitation(@Ctx() ctx: Context, @Arg('token', () => String) token: string): Promise<Membership> {
    return this.invites.accept(signedIn(ctx), token);
  }

  @Mutation(() => Boolean)
  revokeInvitation(@Ctx() ctx: Context, @Arg('id', () => ID) id: string): Promise<boolean> {
    return this.invites.revoke(signedIn(ctx), id);
  }

  @Mutation(() => Membership)
  changeMemberRole(@Ctx() ctx: Context, @Arg('userId', () => ID) userId: string, @Arg('role', () => Role) role: Role): Promise<Membership> {
    return this.members.changeRole(signedIn(ctx), userId, role);
  }

  @Mutation(() => Boolean)
  removeMember(@Ctx() ctx: Context, @Arg('userId', () => ID) userId: string): Promise<boolean> {
    return this.members.remove(signedIn(ctx), userId);
  }
}
