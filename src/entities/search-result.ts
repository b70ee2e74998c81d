import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { Column, Entity, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { SearchProviderName } from './enums.js';
import { ScoreFactor } from './score-factor.js';
import { Node } from './node.js';

/** One candidate company site of a goal. */
@Entity('search_results')
@Unique('search_results_goal_domain', ['goalId', 'domain'])
@ObjectType({ implements: Node })
export class SearchResult extends Node {
  @Field(() => ID)
  @PrimaryGeneratedColumn('uuid')
  override id!: string;

  @Column('uuid')
  goalId!: string;

  @Field(() => String)
  @Column('text')
  url!: string;

  @Field(() => String, { description: 'Registrable domain: one result per company site after ranking.' })
  @Column('text')
  domain!: string;

  @Field(() => String)
  @Column('text')
  title!: string;

  @Field(() => String)
  @Column('text')
  snippet!: string;

  @Field(() => [SearchProviderName])
  @Column('text', { array: true })
  providers!: SearchProviderName[];

  @Field(() => Int)
  @Column('int')
  rank!: number;

  @Field(() => Float)
  @Column('double precision')
  score!: number;

  @Field(() => [ScoreFactor])
  @Column('jsonb')
  factors!: ScoreFactor[];

  @Field(() => Boolean)
  @Column('boolean')
  valid!: boolean;

  @Field(() => String, { description: 'Why validation refused it: DIRECTORY, SOCIAL_NETWORK, WRONG_LOCATION, DUPLICATE, UNREACHABLE, SUPPRESSED, EXCLUDED, ...', nullable: true })
  @Column('text', { nullable: true })
  rejection!: string | null;

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  attribution!: string | null;
}
