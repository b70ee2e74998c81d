import { ArgsType, Field, Int, ObjectType, type ClassType } from 'type-graphql';
import { PageInfo } from '../entities/page-info.js';
import type { PageOf } from '../pagination.js';

/** Relay's forward arguments. */
@ArgsType()
export class ConnectionArgs {
  @Field(() => Int, { defaultValue: 20, nullable: true })
  first: number = 20;

  @Field(() => String, { nullable: true })
  after?: string | null;
}

export interface ConnectionOf<T> { edges: { node: T; cursor: string }[]; nodes: T[]; pageInfo: PageInfo; totalCount: Promise<number> }

/** Makes the edge and connection types of a node; totalCount is only counted when it is asked for. */
export function connectionType<T extends object>(node: ClassType<T>, name: string = node.name) {
  @ObjectType(`${name}Edge`)
  class Edge {
    @Field(() => node)
    node!: T;

    @Field(() => String)
    cursor!: string;
  }

  @ObjectType(`${name}Connection`)
  class Connection implements ConnectionOf<T> {
    @Field(() => [Edge])
    readonly edges: Edge[];

    @Field(() => PageInfo)
    readonly pageInfo: PageInfo;

    readonly #count: () => Promise<number>;

    constructor(page: PageOf<T>) {
      this.edges = page.items;
      this.pageInfo = { hasNextPage: page.hasNextPage, endCursor: page.items.at(-1)?.cursor ?? null };
      this.#count = () => page.count();
    }

    @Field(() => [node])
    get nodes(): T[] {
      return this.edges.map((edge) => edge.node);
    }

    @Field(() => Int)
    get totalCount(): Promise<number> {
      return this.#count();
    }
  }
  return Connection;
}
