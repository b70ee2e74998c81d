import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Float, Int, ObjectType } from 'type-graphql';
import { SearchProviderName, SourceStatus } from './enums.js';

@ObjectType()
export class GeoPlace {
  @Field(() => String)
  name!: string;

  @Field(() => String, { nullable: true })
  region!: string | null;

  @Field(() => String)
  countryCode!: string;

  @Field(() => Float)
  lat!: number;

  @Field(() => Float)
  lon!: number;
}

@ObjectType({ description: 'code is a NAICS 2022 code where one is known; osmTags are key=value pairs.' })
export class IndustryMatch {
  @Field(() => String)
  name!: string;

  @Field(() => String, { nullable: true })
  code!: string | null;

  @Field(() => [String])
  osmTags!: string[];

  @Field(() => [String])
  keywords!: string[];
}

@ObjectType()
export class SearchQuery {
  @Field(() => SearchProviderName)
  provider!: SearchProviderName;

  @Field(() => String)
  query!: string;

  @Field(() => String)
  reason!: string;
}

@ObjectType()
export class SourceOutcome {
  @Field(() => SearchProviderName)
  provider!: SearchProviderName;

  @Field(() => SourceStatus)
  status!: SourceStatus;

  @Field(() => Int)
  results!: number;

  @Field(() => String, { nullable: true })
  message!: string | null;

  @Field(() => GraphQLDateTime, { nullable: true })
  retryAt!: Date | null;
}
