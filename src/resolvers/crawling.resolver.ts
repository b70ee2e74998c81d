import { GraphQLJSON } from 'graphql-scalars';
import { Arg, Args, Ctx, Field, FieldResolver, ID, InputType, Int, Mutation, ObjectType, Query, Resolver, Root, Subscription } from 'type-graphql';
import { CrawlCounters } from '../entities/counters.js';
import { CrawlJob } from '../entities/crawl-job.js';
import { CrawlPolicy } from '../entities/crawl-policy.js';
import { CrawlRequest } from '../entities/crawl-request.js';
import { Email } from '../entities/email.js';
import { CrawlStatus, RenderMode } from '../entities/enums.js';
import { CrawlEvent } from '../entities/events.js';
import { Goal } from '../entities/goal.js';
import { Page } from '../entities/page.js';
import { UrlVerdict } from '../entities/url-verdict.js';
import { crawlCounters, type CrawlEventRow } from '../progress.js';
import { CrawlerService } from '../services/crawler/crawler.service.js';
import { EmailService } from '../services/email/email.service.js';
import { ConnectionArgs, connectionType } from './connection.js';
import { signedIn, subscribed, type Context } from './context.js';
import { EmailConnection } from './emails.resolver.js';

@InputType()
class StartCrawlInput {
  @Field(() => String)
  url!: string;

  @Field(() => Int, { nullable: true, defaultValue: 2, description: '0 to 2' })
  depth?: number | null;

  @Field(() => Int, { nullable: true, defaultValue: 50 })
  maxPages?: number | null;

  @Field(() => Int, { nullable: true, description: '10,000 to 2,000,000,000; 5 MB a page when absent' })
  maxBytes?: number | null;

  @Field(() => Int, { nullable: true, description: '1 to 604,800; an hour or ten seconds a page when absent' })
  maxSeconds?: number | null;

  @Field(() => RenderMode, { nullable: true, defaultValue: RenderMode.AUTO })
  render?: RenderMode | null;
}

@ObjectType({ description: 'xml is the stored document; its schema is docs/page.xsd of the project.' })
class PageContent {
  @Field(() => String)
  text!: string;

  @Field(() => String)
  xml!: string;

  @Field(() => [String])
  links!: string[];

  @Field(() => GraphQLJSON)
  metadata!: unknown;
}

interface WatchArgs { crawlJobId: string; after?: number | null }

export const CrawlJobConnection = connectionType(CrawlJob);
const PageConnection = connectionType(Page);
const CrawlRequestConnection = connectionType(CrawlRequest);

@Resolver(() => CrawlJob)
export class CrawlingResolver {
  constructor(private readonly crawler: CrawlerService, private readonly emailService: EmailService) {}

  @Query(() => CrawlJob)
  crawlJob(@Ctx() ctx: Context, @Arg('id', () => ID) id: string): Promise<CrawlJob> {
    return this.crawler.crawlJob(signedIn(ctx), id);
  }

  @Query(() => CrawlJobConnection)
  async crawlJobs(@Ctx() ctx: Context, @Args(() => ConnectionArgs) page: ConnectionArgs, @Arg('status', () => [CrawlStatus], { nullable: true }) status?: CrawlStatus[] | null) {
    return new CrawlJobConnection(await this.crawler.crawlJobs(signedIn(ctx), page, { status: status ?? null }));
  }

  @Query(() => Page)
  page(@Ctx() ctx: Context, @Arg('id', () => ID) id: string): Promise<Page> {
    return this.crawler.page(signedIn(ctx), id);
  }

  @Query(() => UrlVerdict)
  validateUrl(@Ctx() ctx: Context, @Arg('url', () => String) url: string): UrlVerdict {
    return this.crawler.validateUrl(signedIn(ctx), url);
  }

  @Mutation(() => CrawlJob)
  startCrawl(@Ctx() ctx: Context, @Arg('input', () => StartCrawlInput) input: StartCrawlInput): Promise<CrawlJob> {
    return this.crawler.startCrawl(signedIn(ctx), input);
  }

  @Mutation(() => CrawlJob)
  pauseCrawl(@Ctx() ctx: Context, @Arg('id', () => ID) id: string): Promise<CrawlJob> {
    return this.crawler.pauseCrawl(signedIn(ctx), id);
  }

  @Mutation(() => CrawlJob)
  resumeCrawl(@Ctx() ctx: Context, @Arg('id', () => ID) id: string): Promise<CrawlJob> {
    return this.crawler.resumeCrawl(signedIn(ctx), id);
  }

  @Mutation(() => CrawlJob)
  cancelCrawl(@Ctx() ctx: Context, @Arg('id', () => ID) id: string): Promise<CrawlJob> {
    return this.crawler.cancelCrawl(signedIn(ctx), id);
  }

  @Mutation(() => CrawlJob)
  retryCrawl(@Ctx() ctx: Context, @Arg('id', () => ID) id: string): Promise<CrawlJob> {
    return this.crawler.retryCrawl(signedIn(ctx), id);
  }

  @Mutation(() => Page, { description: 'Fetches one page now and returns what was read, without storing a job.' })
  extractContent(@Ctx() ctx: Context, @Arg('url', () => String) url: string): Promise<Page> {
    return this.crawler.extractContent(signedIn(ctx), url);
  }

  @Subscription(() => CrawlEvent, { subscribe: ({ args, context }) => subscribed<CrawlEventRow>(context, (actor, services) => services.crawler.watch(actor, (args as WatchArgs).crawlJobId, (args as WatchArgs).after)) })
  crawlProgress(@Root() event: CrawlEvent, @Arg('crawlJobId', () => ID) _crawlJobId: string, @Arg('after', () => Int, { nullable: true }) _after?: number | null): CrawlEvent {
    return event;
  }

  @FieldResolver(() => CrawlCounters)
  counters(@Root() job: CrawlJob): CrawlCounters {
    return crawlCounters(job);
  }

  @FieldResolver(() => CrawlPolicy, { nullable: true, description: 'Robots text used, matched rule, delay applied.' })
  policy(@Root() job: CrawlJob): CrawlPolicy | null {
    return job.policy && { ...job.policy, crawlJobId: job.id };
  }

  @FieldResolver(() => PageConnection)
  async pages(@Root() job: CrawlJob, @Ctx() ctx: Context, @Args(() => ConnectionArgs) page: ConnectionArgs) {
    return new PageConnection(await this.crawler.pages(signedIn(ctx), job.id, page));
  }

  @FieldResolver(() => EmailConnection)
  async emails(@Root() job: CrawlJob, @Ctx() ctx: Context, @Args(() => ConnectionArgs) page: ConnectionArgs) {
    return new EmailConnection(await this.emailService.emails(signedIn(ctx), page, { crawlJobId: job.id }));
  }

  @FieldResolver(() => Goal, { nullable: true })
  goal(@Root() job: CrawlJob, @Ctx() ctx: Context): Promise<Goal | null> | null {
    return job.goalId ? ctx.loaders.goals.load(job.goalId) : null;
  }
}

@Resolver(() => CrawlPolicy)
export class CrawlPolicyResolver {
  constructor(private readonly crawler: CrawlerService) {}

  @FieldResolver(() => CrawlRequestConnection, { description: 'Every request that was sent, oldest first, with the rule that allowed it and the pace it kept.' })
  async requests(@Root() policy: CrawlPolicy, @Ctx() ctx: Context, @Args(() => ConnectionArgs) page: ConnectionArgs) {
    return new CrawlRequestConnection(await this.crawler.requests(signedIn(ctx), policy.crawlJobId ?? '', page));
  }
}

@Resolver(() => Page)
export class PageResolver {
  constructor(private readonly crawler: CrawlerService) {}

  @FieldResolver(() => PageContent, { nullable: true })
  content(@Root() page: Page): Promise<PageContent | null> {
    return this.crawler.storedContent(page);
  }
}

@Resolver(() => CrawlEvent)
export class CrawlEventResolver {
  @FieldResolver(() => Email, { nullable: true })
  email(@Root() event: CrawlEvent, @Ctx() ctx: Context): Promise<Email | null> | null {
    return event.emailId ? ctx.loaders.emails.load(event.emailId) : null;
  }
}
