import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The robots.txt of an origin as it was read last; shared by all workers (RFC 9309, 2.4). */
@Entity('robots_files')
export class RobotsFile {
  /** Scheme, host and port. */
  @PrimaryColumn('text')
  origin!: string;

  /** HTTP status, below 500. */
  @Column('int')
  status!: number;

  /** At most 500 KiB; empty unless the status was 2xx. */
  @Column('text')
  text!: string;

  @Column('timestamptz')
  fetchedAt!: Date;
}
