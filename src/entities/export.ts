import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { ExportFormat, ExportPreset, ExportStatus } from './enums.js';
import { Node } from './node.js';

/** A file of leads, written by a job and streamed to whoever holds its link. */
@Entity('exports')
@Index('exports_workspace_created', ['workspaceId', 'createdAt', 'id'])
@ObjectType({ implements: Node })
export class Export extends Node {
  @Field(() => ID)
  @PrimaryGeneratedColumn('uuid')
  override id!: string;

  @Column('uuid')
  workspaceId!: string;

  @Field(() => ExportFormat)
  @Column('text')
  format!: ExportFormat;

  @Field(() => ExportPreset)
  @Column('text')
  preset!: ExportPreset;

  @Column('jsonb', { default: {} })
  filter!: Record<string, unknown>;

  @Field(() => ExportStatus)
  @Column('text')
  status!: ExportStatus;

  @Field(() => Int)
  @Column('int', { default: 0 })
  rows!: number;

  @Field(() => Int, { nullable: true })
  @Column('int', { nullable: true })
  bytes!: number | null;

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  sha256!: string | null;

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  error!: string | null;

  @Field(() => GraphQLDateTime)
  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;

  @Field(() => GraphQLDateTime, { nullable: true })
  @Column('timestamptz', { nullable: true })
  finishedAt!: Date | null;
}
