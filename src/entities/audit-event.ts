import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** One thing that happened to an account, a session, a token, a role or a key. Written in the transaction of what it tells; never changed, except that an erased person's traces are cleared. */
@Entity('audit_events')
@Index('audit_events_user', ['userId'])
@Index('audit_events_workspace', ['workspaceId', 'at'])
@Index('audit_events_at', ['at'])
@Index('audit_events_address', { synchronize: false })
export class AuditEvent {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column('timestamptz', { default: () => 'clock_timestamp()' })
  at!: Date;

  @Column('text')
  type!: string;

  /** Who did it, or whose account it happened to when nobody is signed in. */
  @Column('uuid', { nullable: true })
  userId!: string | null;

  @Column('uuid', { nullable: true })
  workspaceId!: string | null;

  @Column('uuid', { nullable: true })
  sessionId!: string | null;

  @Column('uuid', { nullable: true })
  apiKeyId!: string | null;

  /** The person, key, invitation or session that was acted on. */
  @Column('uuid', { nullable: true })
  subjectId!: string | null;

  @Column('text', { nullable: true })
  ip!: string | null;

  /** Keyed hash of an address that was tried; the address itself is never stored here. */
  @Column('text', { nullable: true })
  addressHash!: string | null;

  /** Words of the product and ids only: no name, no address, no text that a person typed. */
  @Column('jsonb', { default: {} })
  details!: Record<string, string | number | boolean>;
}
