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

  @Column('text')
  textBody!: string;

  @Column('text')
  htmlBody!: string;

  @Column('text', { unique: true })
  idempotencyKey!: string;

  @Column('timestamptz', { nullable: true })
  sentAt!: Date | null;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;
}
