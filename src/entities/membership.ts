import { Field, ObjectType } from 'type-graphql';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { Role } from './enums.js';

/** Who may do what in which workspace. */
@Entity('memberships')
@ObjectType()
@Index('memberships_user', ['userId'])
export class Membership {
  @PrimaryColumn('uuid')
  workspaceId!: string;

  @PrimaryColumn('uuid')
  userId!: string;

  @Field(() => Role)
  @Column('text')
  role!: Role;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;
}
