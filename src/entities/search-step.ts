import { Column, Entity, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { SearchProviderName, SourceStatus } from './enums.js';

/** One request to a search provider, reserved against the budget before it is sent; its answer is kept so that a restart does not ask again. */
@Entity('search_steps')
@Unique('search_steps_key', ['goalId', 'strategyVersion', 'position', 'page'])
export class SearchStep {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column('uuid')
  goalId!: string;

  @Column('int')
  strategyVersion!: number;

  /** Index into the strategy's queries. */
  @Column('int')
  position!: number;

  /** 0-based result page. */
  @Column('int')
  page!: number;

  @Column('text')
  provider!: SearchProviderName;

  @Column('text')
  query!: string;

  /** null while reserved but unanswered. */
  @Column('text', { nullable: true })
  status!: SourceStatus | null;

  @Column('boolean', { default: false })
  more!: boolean;

  @Column('text', { nullable: true })
  message!: string | null;

  @Column('timestamptz', { nullable: true })
  retryAt!: Date | null;

  @Column('jsonb', { default: [] })
  hits!: unknown[];

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;
}
