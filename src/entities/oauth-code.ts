import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import { User } from './user.js';

/** What a sign-in with a provider ends with: a code that becomes tokens once, within a minute. */
@Entity('oauth_codes')
@Index('oauth_codes_expires', ['expiresAt'])
export class OauthCode {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column('uuid')
  @ForeignKey(() => User, { onDelete: 'CASCADE' })
  userId!: string;

  /** SHA-256, hex. */
  @Column('text', { unique: true })
  codeHash!: string;

  /** SHA-256 of the attempt's state, hex: one attempt ends once, whatever the provider says the second time. */
  @Column('text', { unique: true })
  attemptHash!: string;

  /** RFC 7636 S256 challenge of the client that began, where it gave one. */
  @Column('text', { nullable: true })
  challenge!: string | null;

  @Column('text')
  provider!: string;

  @Column('timestamptz')
  expiresAt!: Date;

  @Column('timestamptz', { nullable: true })
  usedAt!: Date | null;
}
