import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One stored progress event of a goal or a crawl job; seq rises by one per stream. */
@Entity('stream_events')
export class StreamEvent {
  @PrimaryColumn('uuid')
  streamId!: string;

  @PrimaryColumn('int')
  seq!: number;

  @Column('text')
  type!: string;

  @Column('text')
  message!: string;

  @Column('jsonb')
  payload!: Record<string, unknown>;

  @Column('timestamptz', { default: () => 'now()' })
  at!: Date;
}
