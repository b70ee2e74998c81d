import { Column, Entity, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** One URL of a crawl: waiting, being fetched, or done. The crawl's memory. */
@Entity('frontier_urls')
@Index('frontier_urls_open', { synchronize: false })
@Unique('frontier_urls_key', ['crawlJobId', 'pageKey'])
export class FrontierUrl {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column('uuid')
  crawlJobId!: string;

  @Column('text')
  url!: string;

  /** Identity inside the site; see pageKey(). */
  @Column('text')
  pageKey!: string;

  @Column('int')
  depth!: number;

  /** Contact-likeness, 0 to 1. */
  @Column('double precision')
  priority!: number;

  @Column('int')
  position!: number;

  @Column('text', { default: 'QUEUED' })
  state!: 'QUEUED' | 'FETCHING' | 'DONE';

  /** Already counted against the budgets. */
  @Column('boolean', { default: false })
  reserved!: boolean;

  @Column('int', { default: 0 })
  attempts!: number;

  /** URL_TRAP where it was ended without being asked for; everything else is told by its page. */
  @Column('text', { nullable: true })
  errorCode!: string | null;

  @Column('timestamptz', { nullable: true })
  notBefore!: Date | null;
}
