import 'reflect-metadata';
import { GraphQLDateTime } from 'graphql-scalars';
import { printSchema, type GraphQLSchema } from 'graphql';
import { buildSchema, type PubSub } from 'type-graphql';
import { Health } from '../health.js';
import { ApiKeys } from '../services/auth/api-keys.js';
import { AuthService } from '../services/auth/auth.service.js';
import { Identities } from '../services/auth/identities.js';
import { OAuthService } from '../services/auth/oauth.service.js';
import { Invitations } from '../services/auth/invitations.js';
import { Members } from '../services/auth/members.js';
import { Workspaces } from '../services/auth/workspaces.js';
import { CrawlerService } from '../services/crawler/crawler.service.js';
import { EmailService } from '../services/email/email.service.js';
import { Erasures } from '../services/email/erasure.js';
import { Rechecks } from '../services/email/recheck.js';
import { Suppressions } from '../services/email/suppressions.js';
import { GoalService } from '../services/goals/goal.service.js';
import { LeadExports } from '../services/leads/lead-exports.js';
import { LeadService } from '../services/leads/lead.service.js';
import { NlpService } from '../services/nlp/nlp.service.js';
import { SearchService } from '../services/search/search.service.js';
import { AccountsResolver, MembershipResolver, SessionResolver, WorkspaceResolver } from './accounts.resolver.js';
import { CrawlEventResolver, CrawlingResolver, CrawlPolicyResolver, PageResolver } from './crawling.resolver.js';
import { MembersResolver } from './members.resolver.js';
import { EmailsResolver } from './emails.resolver.js';
import { FederationResolver } from './federation.resolver.js';
import { GoalEventResolver, GoalsResolver } from './goals.resolver.js';
import { HealthResolver } from './health.resolver.js';
import { EvidenceResolver, ExportsResolver, LeadChangeResolver, LeadEventResolver, LeadNoteResolver, LeadsResolver } from './leads.resolver.js';
import { SearchResolver } from './search.resolver.js';
import { SuppressionsResolver } from './suppressions.resolver.js';
import { refuseBrokenText } from './text-arguments.js';

/** What the resolvers call. */
export interface Services {
  auth: AuthService; oauth: OAuthService; identities: Identities; workspaces: Workspaces; members: Members; invitations: Invitations; apiKeys: ApiKeys; nlp: NlpService; goals: GoalService; search: SearchService;
  crawler: CrawlerService; emails: EmailService; suppressions: Suppressions; erasures: Erasures; rechecks: Rechecks; leads: LeadService; exports: LeadExports; health: Health;
}

/** type-graphql asks for one even where every subscription brings its own stream. */
const NO_PUB_SUB: PubSub = {
  publish: () => { throw new Error('events are published by progress.ts'); },
  subscribe: () => { throw new Error('events are watched through progress.ts'); },
};

/** @param services null builds the schema for printing only */
export async function createSchema(services: Services | null): Promise<GraphQLSchema> {
  const need = (): Services => {
    if (!services) throw new Error('this schema was built for printing');
    return services;
  };
  // Written down: a resolver and what it is given. type-graphql asks for them by class.
  const made = new Map<unknown, () => object>([
    [HealthResolver, () => new HealthResolver(need().health)],
    [AccountsResolver, () => new AccountsResolver(need().auth, need().workspaces, need().apiKeys)],
    [FederationResolver, () => new FederationResolver(need().oauth, need().identities)],
    [WorkspaceResolver, () => new WorkspaceResolver(need().workspaces)],
    [MembershipResolver, () => new MembershipResolver()],
    [MembersResolver, () => new MembersResolver(need().workspaces, need().members, need().invitations)],
    [SessionResolver, () => new SessionResolver()],
    [GoalsResolver, () => new GoalsResolver(need().goals, need().search, need().crawler, need().leads, need().nlp)],
    [GoalEventResolver, () => new GoalEventResolver()],
    [SearchResolver, () => new SearchResolver(need().search)],
    [CrawlingResolver, () => new CrawlingResolver(need().crawler, need().emails)],
    [CrawlPolicyResolver, () => new CrawlPolicyResolver(need().crawler)],
    [PageResolver, () => new PageResolver(need().crawler)],
    [CrawlEventResolver, () => new CrawlEventResolver()],
    [EmailsResolver, () => new EmailsResolver(need().emails, need().rechecks)],
    [SuppressionsResolver, () => new SuppressionsResolver(need().suppressions, need().erasures)],
    [LeadsResolver, () => new LeadsResolver(need().leads)],
    [EvidenceResolver, () => new EvidenceResolver()],
    [LeadNoteResolver, () => new LeadNoteResolver()],
    [LeadEventResolver, () => new LeadEventResolver()],
    [LeadChangeResolver, () => new LeadChangeResolver()],
    [ExportsResolver, () => new ExportsResolver(need().exports)],
  ]);
  const instances = new Map<unknown, object>();
  return refuseBrokenText(await buildSchema({
    resolvers: [...made.keys()] as [() => void, ...(() => void)[]],
    container: {
      get: (resolver) => {
        const instance = instances.get(resolver) ?? made.get(resolver)?.();
        if (!instance) throw new Error('this resolver is missing from schema.ts');
        instances.set(resolver, instance);
        return instance;
      },
    },
    scalarsMap: [{ type: Date, scalar: GraphQLDateTime }],
    pubSub: NO_PUB_SUB,
    validate: false,
  }));
}

/** The text of schema.graphql. */
export const printedSchema = async (): Promise<string> => `# Generated by npm run schema; a test fails when it is stale.\n\n${printSchema(await createSchema(null))}\n`;
