import { Query, Resolver } from 'type-graphql';
import { Capability } from '../entities/capability.js';
import { Health } from '../health.js';

@Resolver()
export class HealthResolver {
  constructor(private readonly health: Health) {}

  @Query(() => [Capability], { description: 'Which parts run on what: database, queue, cache, language, search, browser, mail, storage. Public.' })
  capabilities(): Promise<Capability[]> {
    return this.health.capabilities();
  }

  @Query(() => [String], { description: 'Names of the configured sign-in providers, such as google and github. Public.' })
  authProviders(): string[] {
    return this.health.authProviders();
  }
}
