import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The last request to a registrable domain, and the one that is under way; shared by all workers. */
@Entity('host_clocks')
export class HostClock {
  @PrimaryColumn('text')
  domain!: string;

  /** When the host had surely got the last request: its answer's head had arrived. */
  @Column('timestamptz')
  lastAt!: Date;

  /** The process that is asking now; void after `busyUntil`, as when it was killed. */
  @Column('text', { nullable: true })
  busyBy!: string | null;

  @Column('timestamptz', { nullable: true })
  busyUntil!: Date | null;
}
