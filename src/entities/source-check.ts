import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { type ProofOutcome } from './enums.js';

/** One time that a source page was asked again whether it still shows the address. Never changed: the history of the proof. */
@Entity('source_checks')
@Index('source_checks_source', ['sourceId', 'checkedAt'])
export class SourceCheck {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column('uuid')
  sourceId!: string;

  @Column('text')
  outcome!: ProofOutcome;

  /** HTTP status; null where nothing answered. */
  @Column('int', { nullable: true })
  status!: number | null;

  /** SHA-256 of the body as received; null where none came. */
  @Column('text', { nullable: true })
  contentHash!: string | null;

  /** Validators of this answer, for the next conditional request (RFC 9110, 13). */
  @Column('text', { nullable: true })
  etag!: string | null;

  @Column('text', { nullable: true })
  lastModified!: string | null;

  @Column('timestamptz', { default: () => 'clock_timestamp()' })
  checkedAt!: Date;
}
