import DataLoader from 'dataloader';
import type { Actor } from '../actor.js';
import type { CrawlJob } from '../entities/crawl-job.js';
import type { EmailSource } from '../entities/email-source.js';
import type { Email } from '../entities/email.js';
import type { Evidence } from '../entities/evidence.js';
import type { Goal } from '../entities/goal.js';
import type { LeadNote } from '../entities/lead-note.js';
import type { Lead } from '../entities/lead.js';
import type { Page } from '../entities/page.js';
import type { Strategy } from '../entities/strategy.js';
import type { User } from '../entities/user.js';
import type { Workspace } from '../entities/workspace.js';
import type { Services } from './schema.js';

/** Batches the look-ups of one request; a list of a hundred leads asks for their e-mails once. */
export interface Loaders {
  users: DataLoader<string, User | null>;
  workspaces: DataLoader<string, Workspace | null>;
  goals: DataLoader<string, Goal | null>;
  strategies: DataLoader<Goal, Strategy, string>;
  crawlJobs: DataLoader<string, CrawlJob | null>;
  pages: DataLoader<string, Page | null>;
  emails: DataLoader<string, Email | null>;
  emailSources: DataLoader<string, EmailSource[]>;
  leads: DataLoader<string, Lead | null>;
  leadEmails: DataLoader<string, Email[]>;
  leadNotes: DataLoader<string, LeadNote[]>;
  leadEvidence: DataLoader<string, Evidence[]>;
}

/** Without caching: a socket lives long, and its events must show the rows as they are now. */
export function createLoaders(services: Services, actor: Actor | null): Loaders {
  const workspaceId = actor?.workspaceId ?? '00000000-0000-0000-0000-000000000000';
  const one = <T>(load: (ids: readonly string[]) => Promise<Map<string, T>>): DataLoader<string, T | null> =>
    new DataLoader<string, T | null>(async (ids) => { const rows = await load(ids); return ids.map((id) => rows.get(id) ?? null); }, { cache: false });
  const many = <T>(load: (ids: readonly string[]) => Promise<Map<string, T[]>>): DataLoader<string, T[]> =>
    new DataLoader<string, T[]>(async (ids) => { const rows = await load(ids); return ids.map((id) => rows.get(id) ?? []); }, { cache: false });
  return {
    users: one((ids) => services.workspaces.users(ids)),
    workspaces: one((ids) => services.workspaces.workspaces(ids)),
    goals: one((ids) => services.goals.byIds(workspaceId, ids)),
    strategies: new DataLoader<Goal, Strategy, string>(async (goals) => services.search.strategiesOfGoals(goals), { cache: false, cacheKeyFn: (goal) => goal.id }),
    crawlJobs: one((ids) => services.crawler.jobsByIds(workspaceId, ids)),
    pages: one((ids) => services.crawler.pagesByIds(workspaceId, ids)),
    emails: one((ids) => services.emails.byIds(workspaceId, ids)),
    emailSources: many((ids) => services.emails.sourcesOf(ids)),
    leads: one((ids) => services.leads.byIds(workspaceId, ids)),
    leadEmails: many((ids) => services.emails.ofLeads(ids)),
    leadNotes: many((ids) => services.leads.notesOf(ids)),
    leadEvidence: many((ids) => services.leads.evidenceOf(ids)),
  };
}
