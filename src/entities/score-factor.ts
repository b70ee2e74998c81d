import { Field, Float, ObjectType } from 'type-graphql';

/** One term of a score: `points` of all factors add up to the score they explain. */
@ObjectType({ description: 'points of all factors add up to the score they explain.' })
export class ScoreFactor {
  @Field(() => String)
  name!: string;

  @Field(() => Float)
  points!: number;

  @Field(() => String)
  reason!: string;
}
