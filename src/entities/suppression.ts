import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, ObjectType } from 'type-graphql';
import { Column, Entity, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { SuppressionKind } from './enums.js';
import { Node } from './node.js';

/** An address or a domain that a workspace must not write to. Only a hash of it is kept: the list itself gives nobody an address. */
@Entity('suppressions')
@Unique('suppressions_value', ['workspaceId', 'kind', 'valueHash'])
@ObjectType({ implements: Node })
export class Suppression extends Node {
  @Field(() => ID)
  @PrimaryGeneratedColumn('uuid')
  override id!: string;

  @Column('uuid')
  workspaceId!: string;

  @Field(() => SuppressionKind)
  @Column('text')
  kind!: SuppressionKind;

  /** SHA-256 over workspace, kind and normalised value, hexadecimal. */
  @Column('text')
  valueHash!: string;

  @Field(() => String, { description: 'Masked.' })
  @Column('text')
  hint!: string;

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  reason!: string | null;

  /** Its traces were removed too: pages that show it again are stored without it. */
  @Column('boolean', { default: false })
  erased!: boolean;

  @Field(() => GraphQLDateTime)
  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;
}
