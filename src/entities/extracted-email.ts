import { Field, ObjectType } from 'type-graphql';
import { EmailNotation } from './email-notation.js';

@ObjectType()
export class ExtractedEmail {
  @Field(() => String)
  address!: string;

  @Field(() => EmailNotation)
  notation!: EmailNotation;

  @Field(() => String)
  snippet!: string;

  @Field(() => String, { nullable: true })
  personName!: string | null;

  @Field(() => String, { nullable: true })
  jobTitle!: string | null;
}
