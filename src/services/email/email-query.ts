/** EmailFilter as SQL. */
import { domainToASCII, domainToUnicode } from 'node:url';
import type { DataSource, SelectQueryBuilder } from 'typeorm';
import type { Email } from '../../entities/email.js';
import type { EmailKind, EmailStatus } from '../../entities/enums.js';
import { LeadlineError } from '../../errors.js';
import { isUuid } from '../../pagination.js';

export interface EmailFilter { goalId?: string | null; crawlJobId?: string | null; domain?: string | null; status?: EmailStatus[] | null; kind?: EmailKind[] | null; search?: string | null }

const MAX_SEARCH = 200;

/** @throws LeadlineError NOT_FOUND for a goal or crawl of another workspace, BAD_USER_INPUT for a text over 200 characters */
export async function checkEmailFilter(dataSource: DataSource, workspaceId: string, filter: EmailFilter): Promise<void> {
  const fields = (['domain', 'search'] as const).filter((field) => (filter[field]?.length ?? 0) > MAX_SEARCH);
  if (fields.length > 0) throw new LeadlineError('BAD_USER_INPUT', `A text to look for has at most ${MAX_SEARCH} characters.`, { details: { fields } });
  for (const [table, id] of [['goals', filter.goalId], ['crawl_jobs', filter.crawlJobId]] as const) {
    if (id == null) continue;
    const isThere = isUuid(id) && (await dataSource.query<unknown[]>(`SELECT 1 FROM ${table} WHERE id = $1 AND workspace_id = $2`, [id, workspaceId])).length > 0;
    if (!isThere) throw new LeadlineError('NOT_FOUND', 'There is no such goal or crawl job.');
  }
}

/** Every given part must hold; an empty list or text asks for nothing. */
export function filterEmails(query: SelectQueryBuilder<Email>, workspaceId: string, filter: EmailFilter): SelectQueryBuilder<Email> {
  query.where('row.workspaceId = :workspaceId', { workspaceId });
  if (filter.crawlJobId != null) query.andWhere('EXISTS (SELECT 1 FROM email_sources s WHERE s.email_id = row.id AND s.crawl_job_id = :crawlJobId)', { crawlJobId: filter.crawlJobId });
  if (filter.goalId != null) query.andWhere('EXISTS (SELECT 1 FROM email_sources s JOIN crawl_jobs j ON j.id = s.crawl_job_id WHERE s.email_id = row.id AND j.goal_id = :goalId)', { goalId: filter.goalId });
  const domain = filter.domain?.trim().replace(/^@|\.$/g, '').toLowerCase() ?? '';
  if (domain !== '') query.andWhere('row.domain = :domain', { domain: domainToUnicode(domainToASCII(domain)) || domain });
  if (filter.status?.length) query.andWhere('row.status IN (:...status)', { status: filter.status });
  if (filter.kind?.length) query.andWhere('row.kind IN (:...kind)', { kind: filter.kind });
  const search = storedForm(filter.search ?? '');
  if (search !== '') query.andWhere('(row.address ILIKE :like OR row.personName ILIKE :like)', { like: `%${search.replace(/[\\%_]/g, '\\$&')}%` });
  return query;
}

/** As addresses are stored: composed (NFC), labels of a domain in Unicode. */
function storedForm(text: string): string {
  return text.trim().normalize('NFC').replace(/xn--[a-z0-9-]{1,59}/gi, (label) => domainToUnicode(label) || label);
}
