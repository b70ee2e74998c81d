import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import { SuppressionKind } from '../entities/enums.js';
import { Erasure } from '../entities/erasure.js';
import { Suppression } from '../entities/suppression.js';
import { Erasures } from '../services/email/erasure.js';
import { Suppressions } from '../services/email/suppressions.js';
import { signedIn, type Context } from './context.js';

@Resolver(() => Suppression)
export class SuppressionsResolver {
  constructor(private readonly suppressionList: Suppressions, private readonly erasures: Erasures) {}

  @Query(() => [Suppression])
  suppressions(@Ctx() ctx: Context): Promise<Suppression[]> {
    return this.suppressionList.list(signedIn(ctx));
  }

  @Mutation(() => Suppression)
  suppress(@Ctx() ctx: Context, @Arg('kind', () => SuppressionKind) kind: SuppressionKind, @Arg('value', () => String) value: string, @Arg('reason', () => String, { nullable: true }) reason?: string | null): Promise<Suppression> {
    return this.suppressionList.suppress(signedIn(ctx), kind, value, reason);
  }

  @Mutation(() => Boolean)
  unsuppress(@Ctx() ctx: Context, @Arg('id', () => ID) id: string): Promise<boolean> {
    return this.suppressionList.unsuppress(signedIn(ctx), id);
  }

  @Mutation(() => Erasure, { description: 'Removes every trace of the address and blocks its return.' })
  eraseAddress(@Ctx() ctx: Context, @Arg('email', () => String) email: string): Promise<Erasure> {
    return this.erasures.eraseAddress(signedIn(ctx), email);
  }
}
