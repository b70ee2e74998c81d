import { Arg, Args, Ctx, Field, FieldResolver, ID, InputType, Int, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql';
import { Budget, GoalCounters } from '../entities/counters.js';
import { Email } from '../entities/email.js';
import { GoalStatus } from '../entities/enums.js';
import { GoalEvent } from '../entities/events.js';
import { Goal } from '../entities/goal.js';
import { ExtractedEntity, Intent } from '../entities/language.js';
import { Lead } from '../entities/lead.js';
import { Strategy } from '../entities/strategy.js';
import { goalBudget, goalCounters, type GoalEventRow } from '../progress.js';
import { CrawlerService } from '../services/crawler/crawler.service.js';
import { GoalService } from '../services/goals/goal.service.js';
import { LeadService } from '../services/leads/lead.service.js';
import { NlpService } from '../services/nlp/nlp.service.js';
import { SearchService } from '../services/search/search.service.js';
import { ConnectionArgs, connectionType } from './connection.js';
import { signedIn, subscribed, type Context } from './context.js';
import { CrawlJobConnection } from './crawling.resolver.js';
import { LeadConnection } from './leads.resolver.js';

@InputType()
class BudgetInput {
  @Field(() => Int, { nullable: true })
  maxSites?: number | null;

  @Field(() => Int, { nullable: true })
  maxPages?: number | null;

  @Field(() => Int, { nullable: true })
  maxSearches?: number | null;

  @Field(() => Int, { nullable: true })
  maxTokens?: number | null;
}

@InputType()
class CreateGoalInput {
  @Field(() => String)
  text!: string;

  @Field(() => BudgetInput, { nullable: true })
  budget?: BudgetInput | null;

  @Field(() => Boolean, { nullable: true, defaultValue: false, description: 'Start at once instead of waiting for runGoal.' })
  run?: boolean;
}

interface WatchArgs { goalId: string; after?: number | null }

const GoalConnection = connectionType(Goal);

@Resolver(() => Goal)
export class GoalsResolver {
  constructor(private readonly goalService: GoalService, private readonly search: SearchService, private readonly crawler: CrawlerService, private readonly leadService: LeadService, private readonly nlp: NlpService) {}

  @Query(() => Goal)
  goal(@Ctx() ctx: Context, @Arg('id', () => ID) id: string): Promise<Goal> {
    return this.goalService.goal(signedIn(ctx), id);
  }

  @Query(() => GoalConnection)
  async goals(@Ctx() ctx: Context, @Args(() => ConnectionArgs) page: ConnectionArgs, @Arg('status', () => [GoalStatus], { nullable: true }) status?: GoalStatus[] | null) {
    return new GoalConnection(await this.goalService.goals(signedIn(ctx), page, status));
  }

  @Query(() => [ExtractedEntity])
  extractEntities(@Ctx() ctx: Context, @Arg('text', () => String) text: string): Promise<ExtractedEntity[]> {
    return signedIn(ctx) && this.nlp.extractEntities(text);
  }

  @Query(() => Intent)
  classifyIntent(@Ctx() ctx: Context, @Arg('text', () => String) text: string): Promise<Intent> {
    return signedIn(ctx) && this.nlp.classifyIntent(text);
  }

  @Mutation(() => Goal)
  createGoal(@Ctx() ctx: Context, @Arg('input', () => CreateGoalInput) input: CreateGoalInput): Promise<Goal> {
    return this.goalService.createGoal(signedIn(ctx), input);
  }

  @Mutation(() => Goal)
  runGoal(@Ctx() ctx: Context, @Arg('id', () => ID) id: string): Promise<Goal> {
    return this.goalService.runGoal(signedIn(ctx), id);
  }

  @Mutation(() => Goal)
  pauseGoal(@Ctx() ctx: Context, @Arg('id', () => ID) id: string): Promise<Goal> {
    return this.goalService.pauseGoal(signedIn(ctx), id);
  }

  @Mutation(() => Goal)
  resumeGoal(@Ctx() ctx: Context, @Arg('id', () => ID) id: string): Promise<Goal> {
    return this.goalService.resumeGoal(signedIn(ctx), id);
  }

  @Mutation(() => Goal)
  cancelGoal(@Ctx() ctx: Context, @Arg('id', () => ID) id: string): Promise<Goal> {
    return this.goalService.cancelGoal(signedIn(ctx), id);
  }

  @Subscription(() => GoalEvent, { subscribe: ({ args, context }) => subscribed<GoalEventRow>(context, (actor, services) => services.goals.watch(actor, (args as WatchArgs).goalId, (args as WatchArgs).after)) })
  goalProgress(@Root() event: GoalEvent, @Arg('goalId', () => ID) _goalId: string, @Arg('after', () => Int, { nullable: true }) _after?: number | null): GoalEvent {
    return event;
  }

  @FieldResolver(() => Strategy, { description: 'The current strategy; earlier versions stay readable.' })
  strategy(@Root() goal: Goal, @Ctx() ctx: Context): Promise<Strategy> {
    return ctx.loaders.strategies.load(goal);
  }

  @FieldResolver(() => [Strategy])
  strategies(@Root() goal: Goal): Promise<Strategy[]> {
    return this.search.strategiesOf(goal);
  }

  @FieldResolver(() => GoalCounters)
  counters(@Root() goal: Goal): GoalCounters {
    return goalCounters(goal);
  }

  @FieldResolver(() => Budget)
  budget(@Root() goal: Goal): Budget {
    return goalBudget(goal);
  }

  @FieldResolver(() => LeadConnection)
  async leads(@Root() goal: Goal, @Ctx() ctx: Context, @Args(() => ConnectionArgs) page: ConnectionArgs) {
    return new LeadConnection(await this.leadService.leads(signedIn(ctx), page, { goalId: goal.id }, null));
  }

  @FieldResolver(() => CrawlJobConnection)
  async crawlJobs(@Root() goal: Goal, @Ctx() ctx: Context, @Args(() => ConnectionArgs) page: ConnectionArgs) {
    return new CrawlJobConnection(await this.crawler.crawlJobs(signedIn(ctx), page, { goalId: goal.id }));
  }
}

@Resolver(() => GoalEvent)
export class GoalEventResolver {
  @FieldResolver(() => Lead, { nullable: true })
  lead(@Root() event: GoalEvent, @Ctx() ctx: Context): Promise<Lead | null> | null {
    return event.leadId ? ctx.loaders.leads.load(event.leadId) : null;
  }

  @FieldResolver(() => Email, { nullable: true })
  email(@Root() event: GoalEvent, @Ctx() ctx: Context): Promise<Email | null> | null {
    return event.emailId ? ctx.loaders.emails.load(event.emailId) : null;
  }
}
