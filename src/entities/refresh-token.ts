import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** Only the hash of a refresh token is stored. */
@Entity('refresh_tokens')
@Index('refresh_tokens_session', ['sessionId'])
export class RefreshToken {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column('uuid')
  sessionId!: string;

  /** SHA-256, hex. */
  @Column('text', { unique: true })
  tokenHash!: string;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;

  /** When its child was made; a second use after the grace time is reuse. */
  @Column('timestamptz', { nullable: true })
  usedAt!: Date | null;

  @Column('text', { nullable: true })
  childHash!: string | null;
}
