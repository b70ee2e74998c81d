import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A host that failed at its last request: how often in a row, and until when it is left alone. No row: it is well. */
@Entity('host_states')
export class HostState {
  @PrimaryColumn('text')
  host!: string;

  @Column('int')
  failures!: number;

  /** Code of docs/errors.md of the last failure. */
  @Column('text')
  code!: string;

  @Column('timestamptz')
  blockedUntil!: Date;
}
