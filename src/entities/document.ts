import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * One document of the page store. A row is there before its object is and until after it is gone, so no object is
 * unknown; pages refer to it, so no page points at an object that was removed.
 */
@Entity('documents')
@Index('documents_check', ['checkAfter'], { where: 'check_after IS NOT NULL' })
export class Document {
  /** SHA-256 of the document. */
  @PrimaryColumn('text')
  key!: string;

  /** When to look whether a page still refers to it; null while one is known to. */
  @Column('timestamptz', { nullable: true })
  checkAfter!: Date | null;
}
