import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** A mail to be sent: written in the transaction of what it tells, sent afterwards by a job. */
@Entity('outbox_mails')
@Index('outbox_mails_open', { synchronize: false })
export class OutboxMail {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column('text')
  recipient!: string;

  @Column('text')
  subject!: string;

  /** Emptied once the mail was sent or given up: it may hold the secret of a link. */
  @Column('text')
  textBody!: string;

  @Column('text')
  htmlBody!: string;

  /** One mail per key, whatever runs twice; the Message-ID is made from it. */
  @Column('text', { unique: true })
  idempotencyKey!: string;

  @Column('int', { default: 0 })
  attempts!: number;

  /** Not before this; while a worker sends it, the end of that worker's lease. */
  @Column('timestamptz', { default: () => 'now()' })
  nextAttemptAt!: Date;

  /** Useless afterwards, such as a link that works no more. */
  @Column('timestamptz')
  expiresAt!: Date;

  @Column('timestamptz', { nullable: true })
  sentAt!: Date | null;

  /** Given up: refused for good, or too old. */
  @Column('timestamptz', { nullable: true })
  failedAt!: Date | null;

  @Column('text', { nullable: true })
  lastError!: string | null;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;
}
