import { Field, ObjectType } from 'type-graphql';

@ObjectType()
export class UrlVerdict {
  @Field(() => String)
  url!: string;

  @Field(() => Boolean)
  valid!: boolean;

  @Field(() => String, { nullable: true })
  normalizedUrl!: string | null;

  @Field(() => String, { description: 'URL_INVALID, URL_FORBIDDEN, ...', nullable: true })
  code!: string | null;

  @Field(() => String, { nullable: true })
  reason!: string | null;
}
