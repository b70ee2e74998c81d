import { Entity, Index, PrimaryColumn } from 'typeorm';

/** Which goals found a lead. */
@Entity('lead_goals')
@Index('lead_goals_goal', ['goalId'])
export class LeadGoal {
  @PrimaryColumn('uuid')
  leadId!: string;

  @PrimaryColumn('uuid')
  goalId!: string;
}
