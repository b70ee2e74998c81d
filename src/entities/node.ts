import { Field, ID, InterfaceType } from 'type-graphql';

/** Anything with an id that `node(id)` can fetch again. */
@InterfaceType({ resolveType: (value: object) => value.constructor.name })
export abstract class Node {
  @Field(() => ID)
  id!: string;
}
