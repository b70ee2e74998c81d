import { GraphQLJSON } from 'graphql-scalars';
import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql';
import { Email } from '../entities/email.js';
import { ExportFormat, ExportPreset } from '../entities/enums.js';
import { LeadChange } from '../entities/events.js';
import { Evidence } from '../entities/evidence.js';
import { Export } from '../entities/export.js';
import { Goal } from '../entities/goal.js';
import { GeneratedText } from '../entities/language.js';
import { LeadEvent } from '../entities/lead-event.js';
import { LeadNote } from '../entities/lead-note.js';
import { Lead } from '../entities/lead.js';
import { Page } from '../entities/page.js';
import { User } from '../entities/user.js';
import { LeadExports } from '../services/leads/lead-exports.js';
import { LeadService, type LeadChangeRow } from '../services/leads/lead.service.js';
import { ConnectionArgs, connectionType } from './connection.js';
import { signedIn, subscribed, type Context } from './context.js';
import { CreateLeadInput, LeadFilter, LeadSort, UpdateLeadInput } from './lead-inputs.js';

interface WatchArgs { goalId?: string | null; after?: number | null }

export const LeadConnection = connectionType(Lead);
const LeadEventConnection = connectionType(LeadEvent);
const ExportConnection = connectionType(Export);

@Resolver(() => Lead)
export class LeadsResolver {
  constructor(private readonly leadService: LeadService) {}

  @Query(() => Lead)
  lead(@Ctx() ctx: Context, @Arg('id', () => ID) id: string): Promise<Lead> {
    return this.leadService.lead(signedIn(ctx), id);
  }

  @Query(() => LeadConnection)
  async leads(@Ctx() ctx: Context, @Args(() => ConnectionArgs) page: ConnectionArgs, @Arg('filter', () => LeadFilter, { nullable: true }) filter?: LeadFilter | null, @Arg('sort', () => LeadSort, { nullable: true }) sort?: LeadSort | null) {
    return new LeadConnection(await this.leadService.leads(signedIn(ctx), page, filter ?? {}, sort));
  }

  @Mutation(() => Lead)
  createLead(@Ctx() ctx: Context, @Arg('input', () => CreateLeadInput) input: CreateLeadInput): Promise<Lead> {
    return this.leadService.createLead(signedIn(ctx), input);
  }

  @Mutation(() => Lead)
  updateLead(@Ctx() ctx: Context, @Arg('id', () => ID) id: string, @Arg('version', () => Int) version: number, @Arg('input', () => UpdateLeadInput) input: UpdateLeadInput): Promise<Lead> {
    return this.leadService.updateLead(signedIn(ctx), id, version, input);
  }

  @Mutation(() => Boolean)
  deleteLead(@Ctx() ctx: Context, @Arg('id', () => ID) id: string): Promise<boolean> {
    return this.leadService.deleteLead(signedIn(ctx), id);
  }

  @Mutation(() => Lead)
  addTags(@Ctx() ctx: Context, @Arg('id', () => ID) id: string, @Arg('tags', () => [String]) tags: string[]): Promise<Lead> {
    return this.leadService.addTags(signedIn(ctx), id, tags);
  }

  @Mutation(() => Lead)
  removeTags(@Ctx() ctx: Context, @Arg('id', () => ID) id: string, @Arg('tags', () => [String]) tags: string[]): Promise<Lead> {
    return this.leadService.removeTags(signedIn(ctx), id, tags);
  }

  @Mutation(() => Lead)
  addNote(@Ctx() ctx: Context, @Arg('id', () => ID) id: string, @Arg('text', () => String) text: string): Promise<Lead> {
    return this.leadService.addNote(signedIn(ctx), id, text);
  }

  @Mutation(() => Lead)
  scoreLead(@Ctx() ctx: Context, @Arg('id', () => ID) id: string): Promise<Lead> {
    return this.leadService.scoreLead(signedIn(ctx), id);
  }

  @Mutation(() => GeneratedText, { description: "Text grounded in the lead's evidence: a summary or a first message." })
  generateResponse(@Ctx() ctx: Context, @Arg('leadId', () => ID) leadId: string, @Arg('instruction', () => String) instruction: string): Promise<GeneratedText> {
    return this.leadService.generateResponse(signedIn(ctx), leadId, instruction);
  }

  @Subscription(() => LeadChange, { subscribe: ({ args, context }) => subscribed<LeadChangeRow>(context, (actor, services) => services.leads.watch(actor, (args as WatchArgs).goalId, (args as WatchArgs).after)) })
  leadChanged(@Root() change: LeadChange, @Arg('goalId', () => ID, { nullable: true }) _goalId?: string | null, @Arg('after', () => Int, { nullable: true }) _after?: number | null): LeadChange {
    return change;
  }

  @FieldResolver(() => Email, { nullable: true })
  primaryEmail(@Root() lead: Lead, @Ctx() ctx: Context): Promise<Email | null> | null {
    return lead.primaryEmailId ? ctx.loaders.emails.load(lead.primaryEmailId) : null;
  }

  @FieldResolver(() => [Email])
  emails(@Root() lead: Lead, @Ctx() ctx: Context): Promise<Email[]> {
    return ctx.loaders.leadEmails.load(lead.id);
  }

  @FieldResolver(() => [LeadNote])
  notes(@Root() lead: Lead, @Ctx() ctx: Context): Promise<LeadNote[]> {
    return ctx.loaders.leadNotes.load(lead.id);
  }

  @FieldResolver(() => [Evidence], { description: 'Every stored value with the page that proves it.' })
  evidence(@Root() lead: Lead, @Ctx() ctx: Context): Promise<Evidence[]> {
    return ctx.loaders.leadEvidence.load(lead.id);
  }

  @FieldResolver(() => LeadEventConnection)
  async history(@Root() lead: Lead, @Ctx() ctx: Context, @Args(() => ConnectionArgs) page: ConnectionArgs) {
    return new LeadEventConnection(await this.leadService.history(signedIn(ctx), lead.id, page));
  }

  @FieldResolver(() => Goal, { nullable: true })
  goal(@Root() lead: Lead, @Ctx() ctx: Context): Promise<Goal | null> | null {
    return lead.goalId ? ctx.loaders.goals.load(lead.goalId) : null;
  }

  @FieldResolver(() => User, { nullable: true })
  assignee(@Root() lead: Lead, @Ctx() ctx: Context): Promise<User | null> | null {
    return lead.assigneeId ? ctx.loaders.users.load(lead.assigneeId) : null;
  }
}

@Resolver(() => Evidence)
export class EvidenceResolver {
  @FieldResolver(() => Page, { nullable: true })
  page(@Root() evidence: Evidence, @Ctx() ctx: Context): Promise<Page | null> | null {
    return evidence.pageId ? ctx.loaders.pages.load(evidence.pageId) : null;
  }
}

@Resolver(() => LeadNote)
export class LeadNoteResolver {
  @FieldResolver(() => User, { nullable: true })
  author(@Root() note: LeadNote, @Ctx() ctx: Context): Promise<User | null> | null {
    return note.authorId ? ctx.loaders.users.load(note.authorId) : null;
  }
}

@Resolver(() => LeadEvent)
export class LeadEventResolver {
  @FieldResolver(() => GraphQLJSON)
  changes(@Root() event: LeadEvent): Record<string, unknown> {
    return event.changes;
  }
}

@Resolver(() => LeadChange)
export class LeadChangeResolver {
  @FieldResolver(() => Lead)
  lead(@Root() change: LeadChange, @Ctx() ctx: Context): Promise<Lead | null> {
    return ctx.loaders.leads.load(change.leadId);
  }
}

@Resolver(() => Export)
export class ExportsResolver {
  constructor(private readonly leadExports: LeadExports) {}

  @Query(() => Export)
  export(@Ctx() ctx: Context, @Arg('id', () => ID) id: string): Promise<Export> {
    return this.leadExports.export(signedIn(ctx), id);
  }

  @Query(() => ExportConnection)
  async exports(@Ctx() ctx: Context, @Args(() => ConnectionArgs) page: ConnectionArgs) {
    return new ExportConnection(await this.leadExports.exports(signedIn(ctx), page));
  }

  @Mutation(() => Export)
  exportLeads(
    @Ctx() ctx: Context, @Arg('filter', () => LeadFilter, { nullable: true }) filter: LeadFilter | null | undefined, @Arg('format', () => ExportFormat) format: ExportFormat,
    @Arg('preset', () => ExportPreset, { nullable: true, defaultValue: ExportPreset.FULL }) preset: ExportPreset | null,
  ): Promise<Export> {
    return this.leadExports.exportLeads(signedIn(ctx), filter ?? {}, format, preset ?? ExportPreset.FULL);
  }

  @FieldResolver(() => String, { nullable: true, description: 'Signed, expires; streams the file.' })
  downloadUrl(@Root() file: Export): string | null {
    return this.leadExports.downloadUrl(file);
  }
}
