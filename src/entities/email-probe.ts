import { Column, Entity, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** What a mail server said about an address, kept for as long as it may be believed; or that it is to be asked again. */
@Entity('email_probes')
@Unique('email_probes_address', ['workspaceId', 'address'])
@Index('email_probes_open', { synchronize: false })
export class EmailProbe {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column('uuid')
  workspaceId!: string;

  /** Normalised. */
  @Column('text')
  address!: string;

  /** `ProbeOutcome` of services/email/smtp/probe.ts. */
  @Column('jsonb')
  outcome!: unknown;

  @Column('int', { default: 1 })
  attempts!: number;

  /** When the server is to be asked again; null when it has said what it says. */
  @Column('timestamptz', { nullable: true })
  nextAt!: Date | null;

  @Column('timestamptz', { default: () => 'now()' })
  askedAt!: Date;
}
