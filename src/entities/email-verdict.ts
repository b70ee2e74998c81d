import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Int, ObjectType } from 'type-graphql';
import { CheckStatus, EmailKind, EmailStatus } from './enums.js';

@ObjectType({ description: 'name is one of syntax, domain, mx, disposable, role, free, typo, spf, dmarc, dnsbl, suppression, smtp.' })
export class EmailCheck {
  @Field(() => String)
  name!: string;

  @Field(() => CheckStatus)
  status!: CheckStatus;

  @Field(() => Int)
  points!: number;

  @Field(() => String)
  reason!: string;
}

@ObjectType()
export class EmailVerdict {
  @Field(() => String)
  email!: string;

  @Field(() => String, { nullable: true })
  normalized!: string | null;

  @Field(() => EmailStatus)
  status!: EmailStatus;

  @Field(() => Int, { description: "0 to 100; the sum of the checks' points." })
  score!: number;

  @Field(() => EmailKind)
  kind!: EmailKind;

  @Field(() => [EmailCheck])
  checks!: EmailCheck[];

  @Field(() => String, { nullable: true })
  suggestion!: string | null;

  @Field(() => GraphQLDateTime)
  checkedAt!: Date;
}
