import { Field, Float, Int, ObjectType } from 'type-graphql';
import { EntityKind, IntentKind } from './enums.js';

@ObjectType({ description: 'Which engine answered: a rule set, or a model by name; degraded says that the preferred one could not.' })
export class Engine {
  @Field(() => String)
  name!: string;

  @Field(() => Boolean)
  degraded!: boolean;

  @Field(() => Boolean)
  cached!: boolean;

  @Field(() => Int)
  tokens!: number;

  @Field(() => Int)
  durationMs!: number;
}

@ObjectType()
export class Intent {
  @Field(() => IntentKind)
  kind!: IntentKind;

  @Field(() => Float)
  confidence!: number;

  @Field(() => String)
  reason!: string;
}

@ObjectType({ description: 'start and end are UTF-16 offsets into the text that was given; value is normalised.' })
export class ExtractedEntity {
  @Field(() => EntityKind)
  kind!: EntityKind;

  @Field(() => String)
  text!: string;

  @Field(() => String)
  value!: string;

  @Field(() => Int)
  start!: number;

  @Field(() => Int)
  end!: number;
}

@ObjectType()
export class GeneratedText {
  @Field(() => String)
  text!: string;

  @Field(() => Engine)
  engine!: Engine;
}
