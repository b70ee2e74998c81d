import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** A single-use link that was sent by mail. */
@Entity('mail_tokens')
@Index('mail_tokens_user', ['userId'])
export class MailToken {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column('uuid')
  userId!: string;

  @Column('text')
  purpose!: 'VERIFY_EMAIL' | 'RESET_PASSWORD';

  /** SHA-256, hex. */
  @Column('text', { unique: true })
  tokenHash!: string;

  @Column('timestamptz')
  expiresAt!: Date;

  @Column('timestamptz', { nullable: true })
  usedAt!: Date | null;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;
}
