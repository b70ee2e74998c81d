import { SingleBar } from 'cli-progress';

export interface DemoEvent {
  seq: number; type: string; message: string; status: string;
  counters: { percent: number; sites: number; sitesDone: number; pages: number; emails: number; leads: number };
}
export interface DemoLead {
  companyName: string; website: string | null; city: string | null; contactName: string | null; contactTitle: string | null; phones: string[];
  score: number; fitScore: number; reachScore: number; reason: string;
  primaryEmail: { address: string; status: string; sources: { pageUrl: string; snippet: string }[] } | null;
  evidence: { field: string; value: string; pageUrl: string; snippet: string }[];
}

/** Told as plain lines: what a reader of a log wants to see of a run. */
const TOLD = new Set(['STARTED', 'SEARCHED', 'SOURCE_FAILED', 'SITE_FAILED', 'LEAD_CREATED', 'PAUSED', 'RESUMED', 'COMPLETED', 'FAILED', 'CANCELLED']);

export interface ProgressView { show(event: DemoEvent): void; end(): void }

/** A bar on a terminal, plain lines otherwise; always on `out`, never both. */
export function progressView(out: NodeJS.WriteStream): ProgressView {
  if (!out.isTTY) {
    return { show: (event) => { if (TOLD.has(event.type)) out.write(`${String(Math.floor(event.counters.percent)).padStart(3)} %  ${event.message}\n`); }, end: () => undefined };
  }
  const bar = new SingleBar({ stream: out, format: '{bar} {percentage} %  {sites} sites  {pages} pages  {emails} e-mails  {leads} leads  {note}', barCompleteChar: '█', barIncompleteChar: '░', barsize: 24, hideCursor: true, noTTYOutput: false });
  bar.start(100, 0, { sites: '0/0', pages: 0, emails: 0, leads: 0, note: '' });
  return {
    show: ({ counters, message, type }) => { bar.update(Math.floor(counters.percent), { sites: `${counters.sitesDone}/${counters.sites}`, pages: counters.pages, emails: counters.emails, leads: counters.leads, ...(type === 'PAGE_CRAWLED' ? {} : { note: message.slice(0, 40) }) }); },
    end: () => { bar.stop(); },
  };
}

const cut = (text: string, width: number): string => (text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width));

/** The leads as a table: who, whom to write to, how sure, and the page that proves the address. */
export function leadTable(leads: readonly DemoLead[]): string {
  const head = `${cut('company', 30)} ${cut('contact', 22)} ${cut('e-mail', 34)} ${cut('status', 7)} score  proof`;
  const rows = leads.map((lead) => {
    const proof = lead.primaryEmail?.sources[0]?.pageUrl ?? lead.evidence.find((evidence) => evidence.field === 'phones')?.pageUrl ?? lead.website ?? '';
    return `${cut(lead.companyName, 30)} ${cut(lead.contactName ?? '–', 22)} ${cut(lead.primaryEmail?.address ?? lead.phones[0] ?? '–', 34)} ${cut(lead.primaryEmail?.status ?? '–', 7)} ${String(lead.score).padStart(5)}  ${proof}`;
  });
  return [head, '-'.repeat(head.length + 20), ...rows].join('\n');
}
