import { Field, Int, ObjectType } from 'type-graphql';

/** What an erasure took away: leads changed, addresses and exports removed, stored pages rewritten. */
@ObjectType()
export class Erasure {
  @Field(() => Int)
  leads!: number;

  @Field(() => Int)
  emails!: number;

  @Field(() => Int)
  pages!: number;

  @Field(() => Int)
  exports!: number;
}
