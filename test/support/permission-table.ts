import { newAddress, PASSWORD } from './people.js';
import type { Asker, PermissionWorld } from './permission-world.js';

/**
 * Who may do what: every field of the three root types against everybody who might ask. A test builds the schema and
 * fails for a field without a row and for a row without a field, then really asks each question.
 *
 * Answers, in the order of ASKERS (nobody, OWNER, ADMIN, MEMBER, VIEWER, key READ, key WRITE, other workspace):
 *   +  allowed          U  UNAUTHENTICATED          N  NOT_FOUND          T  TOKEN_INVALID
 *   M  FORBIDDEN, required MEMBER     A  … ADMIN     O  … OWNER     W  … scope WRITE     S  … SESSION
 * An asker of another workspace who is allowed sees nothing of this one: that is looked at, too.
 */
export const ANSWERS = { U: ['UNAUTHENTICATED'], N: ['NOT_FOUND'], T: ['TOKEN_INVALID'], M: ['FORBIDDEN', 'MEMBER'], A: ['FORBIDDEN', 'ADMIN'], O: ['FORBIDDEN', 'OWNER'], W: ['FORBIDDEN', 'WRITE'], S: ['FORBIDDEN', 'SESSION'] } as const;

export interface PermissionRow {
  field: string;
  answers: string;
  /** The question without its keyword, with valid arguments and rows of its own. */
  ask: (world: PermissionWorld, asker: Asker) => Promise<string> | string;
  /** Errors that only somebody who was let in can get. */
  inside: string[];
  /** Allowed, it ends the session or the membership that asks. */
  spent: boolean;
}

const row = (field: string, answers: string, ask: PermissionRow['ask'], options: Partial<Pick<PermissionRow, 'inside' | 'spent'>> = {}): PermissionRow =>
  ({ field, answers: answers.replaceAll(' ', ''), ask, inside: [], spent: false, ...options });
const quoted = JSON.stringify;
/** Names below .example are no mail domains to the list. */
const listed = (): string => newAddress().replace('users.example', 'clinic.com');
const ID = '{ id }';

//                                    nobody O A M V  R W  other
const PUBLIC =                           '+  + + + +  + +  +';
const READ_ONE =                         'U  + + + +  + +  N';
const READ =                             'U  + + + +  + +  +';
const WORK_ON =                          'U  + + + M  W +  N';
const WORK =                             'U  + + + M  W +  +';
const SEE_ACCESS =                       'U  + + A A  + +  +';
const CHANGE_ACCESS =                    'U  + + A A  W +  N';
const GIVE_ACCESS =                      'U  + + A A  W +  +';
const PERSONAL =                         'U  + + + +  S S  +';

export const PERMISSIONS_BY_FIELD: Record<'query' | 'mutation' | 'subscription', PermissionRow[]> = {
  query: [
    row('capabilities', PUBLIC, () => 'capabilities { name state }'),
    row('authProviders', PUBLIC, () => 'authProviders'),
    row('me', READ, () => 'me { id email }'),
    row('workspace', READ, () => 'workspace { id members { user { id } } }'),
    row('sessions', PERSONAL, () => 'sessions { id current }'),
    row('apiKeys', SEE_ACCESS, () => 'apiKeys { id }'),
    row('invitations', SEE_ACCESS, () => 'invitations { id email }'),
    row('goal', READ_ONE, (world) => `goal(id: "${world.records.goal}") ${ID}`),
    row('goals', READ, () => `goals(first: 100) { nodes ${ID} }`),
    row('strategy', READ_ONE, (world) => `strategy(id: "${world.records.strategy}") ${ID}`),
    row('searchResults', READ_ONE, (world) => `searchResults(goalId: "${world.records.goal}") ${ID}`),
    row('extractEntities', READ, () => 'extractEntities(text: "dentists in Austin") { text }'),
    row('classifyIntent', READ, () => 'classifyIntent(text: "dentists in Austin") { kind }'),
    row('crawlJob', READ_ONE, (world) => `crawlJob(id: "${world.records.crawlJob}") ${ID}`),
    row('crawlJobs', READ, () => `crawlJobs(first: 100) { nodes ${ID} }`),
    row('page', READ_ONE, (world) => `page(id: "${world.records.page}") ${ID}`),
    row('validateUrl', READ, () => 'validateUrl(url: "http://127.0.0.1/") { valid }'),
    row('email', READ_ONE, (world) => `email(id: "${world.records.email}") ${ID}`),
    row('emails', READ, () => `emails(first: 100) { nodes ${ID} }`),
    row('extractEmails', READ, () => 'extractEmails(content: "info@clinic.com") { address }'),
    row('validateEmail', READ, () => 'validateEmail(email: "no address") { status }'),
    row('suppressions', READ, () => `suppressions ${ID}`),
    row('lead', READ_ONE, (world) => `lead(id: "${world.records.lead}") ${ID}`),
    row('leads', READ, () => `leads(first: 100) { nodes ${ID} }`),
    row('export', READ_ONE, (world) => `export(id: "${world.records.export}") ${ID}`),
    row('exports', READ, () => `exports(first: 100) { nodes ${ID} }`),
  ],
  mutation: [
    row('register', PUBLIC, () => `register(input: { email: "${newAddress()}", password: "${PASSWORD}" }) ${ID}`),
    row('login', PUBLIC, async (world) => `login(input: { email: "${(await world.account()).email}", password: "${PASSWORD}" }) { accessToken }`),
    row('verifyEmail', PUBLIC, async (world) => `verifyEmail(token: "${await world.mailToken('VERIFY_EMAIL')}") { accessToken }`),
    row('resendVerification', PUBLIC, async (world) => `resendVerification(email: "${(await world.account(false)).email}")`),
    row('requestPasswordReset', PUBLIC, async (world) => `requestPasswordReset(email: "${(await world.account()).email}")`),
    row('resetPassword', PUBLIC, async (world) => `resetPassword(token: "${await world.mailToken('RESET_PASSWORD')}", newPassword: "another good phrase")`),
    row('refreshToken', PUBLIC, async (world) => `refreshToken(refreshToken: "${await world.refreshToken()}") { accessToken }`),
    row('exchangeOAuthCode', 'T  T T T T  T T  T', () => 'exchangeOAuthCode(code: "never issued") { accessToken }'),
    row('logout', PERSONAL, () => 'logout', { spent: true }),
    row('logoutEverywhere', PERSONAL, () => 'logoutEverywhere', { spent: true }),
    row('changePassword', PERSONAL, () => `changePassword(currentPassword: "${PASSWORD}", newPassword: "another good phrase")`, { spent: true }),
    row('deleteAccount', PERSONAL, () => `deleteAccount(password: "${PASSWORD}")`, { spent: true }),
    row('revokeSession', 'U  + N N N  S S  N', (world) => `revokeSession(id: "${world.records.session}")`),
    row('createWorkspace', PERSONAL, () => `createWorkspace(name: "Further") ${ID}`),
    row('switchWorkspace', 'U  + + + +  S S  N', (world) => `switchWorkspace(id: "${world.hostWorkspaceId}") { accessToken }`, { spent: true }),
    row('acceptInvitation', 'U  + + + +  S S  T', async (world, asker) => `acceptInvitation(token: "${(await world.invitation(asker === 'other' ? newAddress() : world.emailOf(asker))).token}") { role }`),
    row('inviteMember', GIVE_ACCESS, () => `inviteMember(email: "${newAddress()}", role: MEMBER)`),
    row('revokeInvitation', CHANGE_ACCESS, async (world) => `revokeInvitation(id: "${(await world.invitation(newAddress())).id}")`),
    row('changeMemberRole', CHANGE_ACCESS, async (world) => `changeMemberRole(userId: "${await world.memberId()}", role: VIEWER) { role }`),
    row('removeMember', CHANGE_ACCESS, async (world) => `removeMember(userId: "${await world.memberId()}")`),
    row('createApiKey', GIVE_ACCESS, () => 'createApiKey(input: { name: "made", scopes: [READ] }) { secret }'),
    row('revokeApiKey', CHANGE_ACCESS, async (world) => `revokeApiKey(id: "${await world.apiKey()}")`),

    row('createGoal', WORK, () => `createGoal(input: { text: "3 bakeries in Berlin" }) ${ID}`),
    row('refineGoal', WORK_ON, async (world) => `refineGoal(id: "${await world.goal()}", message: "only in Dallas") ${ID}`),
    row('generateStrategy', WORK_ON, async (world) => `generateStrategy(goalId: "${await world.goal()}") ${ID}`),
    row('updateStrategy', WORK_ON, async (world) => `updateStrategy(goalId: "${await world.goal()}", input: { targetCount: 7 }) ${ID}`),
    row('executeSearch', WORK_ON, async (world) => `executeSearch(goalId: "${await world.goal()}") { cached }`, { inside: ['NO_RESULTS'] }),
    row('runGoal', WORK_ON, async (world) => `runGoal(id: "${await world.goal()}") ${ID}`),
    row('pauseGoal', WORK_ON, async (world) => `pauseGoal(id: "${await world.goal('RUNNING')}") ${ID}`),
    row('resumeGoal', WORK_ON, async (world) => `resumeGoal(id: "${await world.goal('PAUSED')}") ${ID}`),
    row('cancelGoal', WORK_ON, async (world) => `cancelGoal(id: "${await world.goal('RUNNING')}") ${ID}`),
    row('generateResponse', WORK_ON, async (world) => `generateResponse(leadId: "${await world.lead()}", instruction: "Write a short introduction") { text }`, { inside: ['CONTEXT_MISSING'] }),

    row('startCrawl', WORK, () => `startCrawl(input: { url: "https://clinic.example/" }) ${ID}`),
    row('pauseCrawl', WORK_ON, async (world) => `pauseCrawl(id: "${await world.crawlJob()}") ${ID}`),
    row('resumeCrawl', WORK_ON, async (world) => `resumeCrawl(id: "${await world.crawlJob('PAUSED')}") ${ID}`),
    row('cancelCrawl', WORK_ON, async (world) => `cancelCrawl(id: "${await world.crawlJob()}") ${ID}`),
    row('retryCrawl', WORK_ON, async (world) => `retryCrawl(id: "${await world.crawlJob('FAILED')}") ${ID}`),
    row('extractContent', WORK, () => `extractContent(url: "http://127.0.0.1/") ${ID}`, { inside: ['URL_FORBIDDEN'] }),
    row('checkDeliverability', WORK, () => 'checkDeliverability(email: "no address") { status }', { inside: ['EMAIL_SYNTAX'] }),

    row('recheckEvidence', WORK_ON, async (world) => `recheckEvidence(leadId: "${await world.lead()}") ${ID}`),
    row('suppress', WORK, () => `suppress(kind: EMAIL, value: "${listed()}") ${ID}`),
    row('unsuppress', WORK_ON, async (world) => `unsuppress(id: "${await world.suppression()}")`),
    row('eraseAddress', WORK, () => `eraseAddress(email: "${listed()}") { leads }`),

    row('createLead', WORK, () => `createLead(input: { companyName: ${quoted(newAddress())} }) ${ID}`),
    row('updateLead', WORK_ON, async (world) => `updateLead(id: "${await world.lead()}", version: 1, input: { city: "Austin" }) ${ID}`),
    row('deleteLead', WORK_ON, async (world) => `deleteLead(id: "${await world.lead()}")`),
    row('addTags', WORK_ON, async (world) => `addTags(id: "${await world.lead()}", tags: ["a"]) ${ID}`),
    row('removeTags', WORK_ON, async (world) => `removeTags(id: "${await world.lead()}", tags: ["a"]) ${ID}`),
    row('addNote', WORK_ON, async (world) => `addNote(id: "${await world.lead()}", text: "a") ${ID}`),
    row('scoreLead', WORK_ON, async (world) => `scoreLead(id: "${await world.lead()}") ${ID}`, { inside: ['SCORE_UNAVAILABLE'] }),
    row('exportLeads', WORK, () => `exportLeads(format: CSV) ${ID}`),
  ],
  subscription: [
    row('goalProgress', READ_ONE, (world) => `goalProgress(goalId: "${world.records.goal}") { seq }`),
    row('crawlProgress', READ_ONE, (world) => `crawlProgress(crawlJobId: "${world.records.crawlJob}") { seq }`),
    row('leadChanged', READ, () => 'leadChanged(after: 0) { seq lead { id } }'),
  ],
};
