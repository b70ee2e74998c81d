import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, InputType, Int } from 'type-graphql';
import { EmailStatus, LeadSortField, LeadStatus, SortDirection } from '../entities/enums.js';

@InputType()
export class LeadFilter {
  @Field(() => [ID], { nullable: true })
  ids?: string[] | null;

  @Field(() => ID, { nullable: true })
  goalId?: string | null;

  @Field(() => [LeadStatus], { nullable: true })
  status?: LeadStatus[] | null;

  @Field(() => [String], { nullable: true })
  tags?: string[] | null;

  @Field(() => Int, { nullable: true })
  minScore?: number | null;

  @Field(() => Int, { nullable: true })
  maxScore?: number | null;

  @Field(() => String, { nullable: true })
  search?: string | null;

  @Field(() => String, { nullable: true })
  industry?: string | null;

  @Field(() => String, { nullable: true })
  city?: string | null;

  @Field(() => String, { nullable: true })
  countryCode?: string | null;

  @Field(() => [EmailStatus], { nullable: true })
  emailStatus?: EmailStatus[] | null;

  @Field(() => ID, { nullable: true })
  assigneeId?: string | null;

  @Field(() => GraphQLDateTime, { nullable: true })
  createdAfter?: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true })
  createdBefore?: Date | null;
}

@InputType()
export class LeadSort {
  @Field(() => LeadSortField)
  field!: LeadSortField;

  @Field(() => SortDirection, { defaultValue: SortDirection.DESC })
  direction!: SortDirection;
}

@InputType()
export class CreateLeadInput {
  @Field(() => String)
  companyName!: string;

  @Field(() => String, { nullable: true })
  website?: string | null;

  @Field(() => String, { nullable: true })
  description?: string | null;

  @Field(() => String, { nullable: true })
  industry?: string | null;

  @Field(() => String, { nullable: true })
  address?: string | null;

  @Field(() => String, { nullable: true })
  city?: string | null;

  @Field(() => String, { nullable: true })
  countryCode?: string | null;

  @Field(() => [String], { nullable: true })
  phones?: string[] | null;

  @Field(() => [String], { nullable: true })
  socialLinks?: string[] | null;

  @Field(() => String, { nullable: true })
  contactName?: string | null;

  @Field(() => String, { nullable: true })
  contactTitle?: string | null;

  @Field(() => String, { nullable: true })
  email?: string | null;

  @Field(() => [String], { nullable: true })
  tags?: string[] | null;

  @Field(() => String, { nullable: true, description: 'Sent again with the same key, creates nothing new.' })
  idempotencyKey?: string | null;
}

@InputType()
export class UpdateLeadInput {
  @Field(() => String, { nullable: true })
  companyName?: string | null;

  @Field(() => String, { nullable: true })
  website?: string | null;

  @Field(() => String, { nullable: true })
  description?: string | null;

  @Field(() => String, { nullable: true })
  industry?: string | null;

  @Field(() => String, { nullable: true })
  address?: string | null;

  @Field(() => String, { nullable: true })
  city?: string | null;

  @Field(() => String, { nullable: true })
  countryCode?: string | null;

  @Field(() => [String], { nullable: true })
  phones?: string[] | null;

  @Field(() => [String], { nullable: true })
  socialLinks?: string[] | null;

  @Field(() => String, { nullable: true })
  contactName?: string | null;

  @Field(() => String, { nullable: true })
  contactTitle?: string | null;

  @Field(() => LeadStatus, { nullable: true })
  status?: LeadStatus | null;

  @Field(() => ID, { nullable: true })
  assigneeId?: string | null;
}
