import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import { Column, Entity, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { Engine } from './language.js';
import { GeoPlace, IndustryMatch, SearchQuery } from './search-values.js';
import { Node } from './node.js';

/** How a goal is going to be searched; versions are kept. */
@Entity('strategies')
@Unique('strategies_goal_version', ['goalId', 'version'])
@ObjectType({ implements: Node })
export class Strategy extends Node {
  @Field(() => ID)
  @PrimaryGeneratedColumn('uuid')
  override id!: string;

  @Column('uuid')
  goalId!: string;

  @Field(() => Int)
  @Column('int')
  version!: number;

  @Field(() => [IndustryMatch])
  @Column('jsonb')
  industries!: IndustryMatch[];

  @Field(() => [GeoPlace])
  @Column('jsonb')
  locations!: GeoPlace[];

  @Field(() => [String])
  @Column('text', { array: true })
  roles!: string[];

  @Field(() => [String])
  @Column('text', { array: true })
  keywords!: string[];

  @Field(() => [String])
  @Column('text', { array: true })
  exclusions!: string[];

  @Field(() => Int)
  @Column('int')
  targetCount!: number;

  @Field(() => [SearchQuery])
  @Column('jsonb')
  queries!: SearchQuery[];

  @Field(() => String)
  @Column('text')
  rationale!: string;

  @Field(() => Engine)
  @Column('jsonb')
  engine!: Engine;

  @Field(() => GraphQLDateTime)
  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;
}
