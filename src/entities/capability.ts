import { Field, ObjectType } from 'type-graphql';
import { CapabilityState } from './enums.js';

@ObjectType({ description: 'name is one of database, queue, cache, language, embeddings, search, browser, mail, storage.' })
export class Capability {
  @Field(() => String)
  name!: string;

  @Field(() => CapabilityState)
  state!: CapabilityState;

  @Field(() => String)
  detail!: string;
}
