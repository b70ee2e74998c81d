import { Arg, Args, Ctx, Field, FieldResolver, ID, InputType, Mutation, Query, Resolver, Root } from 'type-graphql';
import { EmailSource } from '../entities/email-source.js';
import { EmailVerdict } from '../entities/email-verdict.js';
import { Email } from '../entities/email.js';
import { EmailKind, EmailStatus } from '../entities/enums.js';
import { ExtractedEmail } from '../entities/extracted-email.js';
import { Lead } from '../entities/lead.js';
import { EmailService } from '../services/email/email.service.js';
import { Rechecks } from '../services/email/recheck.js';
import { ConnectionArgs, connectionType } from './connection.js';
import { signedIn, type Context } from './context.js';

@InputType()
class EmailFilter {
  @Field(() => ID, { nullable: true })
  goalId?: string | null;

  @Field(() => ID, { nullable: true })
  crawlJobId?: string | null;

  @Field(() => String, { nullable: true })
  domain?: string | null;

  @Field(() => [EmailStatus], { nullable: true })
  status?: EmailStatus[] | null;

  @Field(() => [EmailKind], { nullable: true })
  kind?: EmailKind[] | null;

  @Field(() => String, { nullable: true })
  search?: string | null;
}

export const EmailConnection = connectionType(Email);

@Resolver(() => Email)
export class EmailsResolver {
  constructor(private readonly emailService: EmailService, private readonly rechecks: Rechecks) {}

  @Query(() => Email)
  email(@Ctx() ctx: Context, @Arg('id', () => ID) id: string): Promise<Email> {
    return this.emailService.email(signedIn(ctx), id);
  }

  @Query(() => EmailConnection)
  async emails(@Ctx() ctx: Context, @Args(() => ConnectionArgs) page: ConnectionArgs, @Arg('filter', () => EmailFilter, { nullable: true }) filter?: EmailFilter | null) {
    return new EmailConnection(await this.emailService.emails(signedIn(ctx), page, filter ?? {}));
  }

  @Query(() => [ExtractedEmail], { description: 'Pure: finds the addresses in HTML or text, stores nothing.' })
  extractEmails(@Ctx() ctx: Context, @Arg('content', () => String) content: string): ExtractedEmail[] {
    return this.emailService.extractEmails(signedIn(ctx), content);
  }

  @Query(() => EmailVerdict, { description: 'Syntax, lists and DNS; sends no mail and opens no SMTP connection.' })
  validateEmail(@Ctx() ctx: Context, @Arg('email', () => String) email: string): Promise<EmailVerdict> {
    return this.emailService.validateEmail(signedIn(ctx), email);
  }

  @Mutation(() => EmailVerdict, { description: 'May open an SMTP connection where probing is enabled; UNKNOWN is an honest answer.' })
  checkDeliverability(@Ctx() ctx: Context, @Arg('email', () => String) email: string): Promise<EmailVerdict> {
    return this.emailService.checkDeliverability(signedIn(ctx), email);
  }

  @Mutation(() => Lead, { description: 'Fetches the source pages again and updates stillOnPage.' })
  recheckEvidence(@Ctx() ctx: Context, @Arg('leadId', () => ID) leadId: string): Promise<Lead> {
    return this.rechecks.recheckEvidence(signedIn(ctx), leadId);
  }

  @FieldResolver(() => [EmailSource])
  sources(@Root() email: Email, @Ctx() ctx: Context): Promise<EmailSource[]> {
    return ctx.loaders.emailSources.load(email.id);
  }

  @FieldResolver(() => Lead, { nullable: true })
  lead(@Root() email: Email, @Ctx() ctx: Context): Promise<Lead | null> | null {
    return email.leadId ? ctx.loaders.leads.load(email.leadId) : null;
  }
}
