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

  /** Rises with each change of the role (a trigger sets it): tokens made from an older one are void. */
  @Column('integer', { default: 0 })
  tokenVersion!: number;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;
}
