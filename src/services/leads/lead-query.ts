import type { DataSource, SelectQueryBuilder } from 'typeorm';
import { LeadSortField, type EmailStatus, type LeadStatus, type SortDirection } from '../../entities/enums.js';
import type { Lead } from '../../entities/lead.js';
import { LeadlineError } from '../../errors.js';
import { isUuid, type KeysetOrder } from '../../pagination.js';

export interface LeadFilter {
  ids?: string[] | null; goalId?: string | null; status?: LeadStatus[] | null; tags?: string[] | null; minScore?: number | null; maxScore?: number | null; search?: string | null;
  industry?: string | null; city?: string | null; countryCode?: string | null; emailStatus?: EmailStatus[] | null; assigneeId?: string | null; createdAfter?: Date | string | null; createdBefore?: Date | string | null;
}
export interface LeadSort { field: LeadSortField; direction: SortDirection }

const like = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

/**
 * A filter by one goal or one person names something that must be there; a list of lead ids is a choice among
 * what is there, so ids of deleted leads, or of elsewhere, match nothing.
 * @throws NOT_FOUND
 */
export async function checkFilter(dataSource: DataSource, workspaceId: string, filter: LeadFilter): Promise<void> {
  if ([filter.goalId, filter.assigneeId, ...(filter.ids ?? [])].some((id) => id != null && !isUuid(id))) throw new LeadlineError('NOT_FOUND', 'The filter names something that is not there.');
  if (filter.goalId != null && !await isThere(dataSource, 'SELECT 1 FROM goals WHERE id = $1 AND workspace_id = $2', filter.goalId, workspaceId)) throw new LeadlineError('NOT_FOUND', 'There is no such goal.');
  if (filter.assigneeId != null) await checkMember(dataSource, workspaceId, filter.assigneeId);
}

/** @throws NOT_FOUND for anybody who is not a member of the workspace, whether or not the account exists */
export async function checkMember(dataSource: DataSource, workspaceId: string, userId: string): Promise<void> {
  const isMember = isUuid(userId) && await isThere(dataSource, 'SELECT 1 FROM memberships WHERE user_id = $1 AND workspace_id = $2', userId, workspaceId);
  if (!isMember) throw new LeadlineError('NOT_FOUND', 'There is no such member.');
}

async function isThere(dataSource: DataSource, sql: string, id: string, workspaceId: string): Promise<boolean> {
  return (await dataSource.query<unknown[]>(sql, [id, workspaceId])).length > 0;
}

/** Narrows a query over leads (alias `row`) to a workspace and a filter whose ids were checked. */
export function filterLeads(query: SelectQueryBuilder<Lead>, workspaceId: string, filter: LeadFilter): SelectQueryBuilder<Lead> {
  query.where('row.workspaceId = :workspaceId', { workspaceId });
  if (filter.ids) query.andWhere('row.id = ANY(:ids)', { ids: filter.ids });
  if (filter.goalId != null) query.andWhere('EXISTS (SELECT 1 FROM lead_goals g WHERE g.lead_id = row.id AND g.goal_id = :goalId)', { goalId: filter.goalId });
  if (filter.status?.length) query.andWhere('row.status IN (:...status)', { status: filter.status });
  if (filter.tags?.length) query.andWhere('row.tags @> :tags', { tags: filter.tags });
  if (filter.minScore != null) query.andWhere('row.score >= :minScore', { minScore: filter.minScore });
  if (filter.maxScore != null) query.andWhere('row.score <= :maxScore', { maxScore: filter.maxScore });
  if (filter.search) query.andWhere('(row.companyName ILIKE :search OR row.domain ILIKE :search OR row.description ILIKE :search)', { search: like(filter.search) });
  if (filter.industry) query.andWhere('row.industry ILIKE :industry', { industry: like(filter.industry) });
  if (filter.city) query.andWhere('row.city ILIKE :city', { city: like(filter.city) });
  if (filter.countryCode) query.andWhere('row.countryCode = :countryCode', { countryCode: filter.countryCode.toUpperCase() });
  if (filter.emailStatus?.length) query.andWhere('EXISTS (SELECT 1 FROM emails e WHERE e.lead_id = row.id AND e.status IN (:...emailStatus))', { emailStatus: filter.emailStatus });
  if (filter.assigneeId != null) query.andWhere('row.assigneeId = :assigneeId', { assigneeId: filter.assigneeId });
  if (filter.createdAfter) query.andWhere('row.createdAt >= :createdAfter', { createdAfter: filter.createdAfter });
  if (filter.createdBefore) query.andWhere('row.createdAt < :createdBefore', { createdBefore: filter.createdBefore });
  return query;
}

/** The best lead first unless asked otherwise. */
export function leadOrder(sort: LeadSort | null | undefined): KeysetOrder {
  const direction = sort?.direction ?? 'DESC';
  switch (sort?.field) {
    case LeadSortField.CREATED_AT: return { expression: 'row.created_at', type: 'timestamptz', direction };
    case LeadSortField.UPDATED_AT: return { expression: 'row.updated_at', type: 'timestamptz', direction };
    case LeadSortField.COMPANY_NAME: return { expression: 'lower(row.company_name)', type: 'text', direction };
    default: return { expression: 'row.score', type: 'int', direction };
  }
}
