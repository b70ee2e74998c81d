import { Column, Entity, PrimaryColumn } from 'typeorm';

/** When the next request to a registrable domain may start; shared by all workers. */
@Entity('host_clocks')
export class HostClock {
  @PrimaryColumn('text')
  domain!: string;

  @Column('timestamptz')
  nextAt!: Date;
}
