import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A session (`s:id`), an API key (`k:id`) or a membership (`m:user:workspace`) whose credentials are void. Written by triggers only. */
@Entity('revocations')
@Index('revocations_at', ['at'])
export class Revocation {
  @PrimaryColumn('text')
  subject!: string;

  /** For a membership: credentials made from an older version of it are void. */
  @Column('integer', { default: 0 })
  version!: number;

  @Column('timestamptz', { default: () => 'clock_timestamp()' })
  at!: Date;
}
