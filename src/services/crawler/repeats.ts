/** Whether a page that was read is one that its site has shown already, under another address. */
import type { ProgressTx } from '../../progress.js';
import { isHome } from './canonical.js';
import { DECLARED_COPY, distance, readFingerprint, type Fingerprint } from './fingerprint.js';
import { KnownPages, type KnownPage } from './known-pages.js';
import type { PageReading } from './page-reading.js';
import { pageKey } from './url.js';
import { isInside } from './site-memory.js';

/** A page of its own: what it is like nevertheless, for telling traps. Or a repetition: which page it repeats, and why. */
export interface Likeness { known: KnownPage; repeats: string | null }

/** Bits of 64 in which sketches may differ. About nine tenths of all runs of three words are the same. */
const COPY = 2;
/** With fewer words a template says the same of different things. */
const COPY_WORDS = 30;
/** So many pages unlike it may name one page as their own address; then its template is taken for careless. */
const UNLIKE = 3;

/** By what somebody can be reached, and who; a page that says one of these first is never left out. */
const REACHING: ReadonlySet<string> = new Set(['phone', 'address', 'contactName', 'openingHours']);

function reachOf(facts: readonly unknown[], addresses: readonly string[]): Set<string> {
  const stated = facts.flatMap((fact) => (typeof fact === 'object' && fact !== null && 'field' in fact && 'value' in fact && REACHING.has(String(fact.field)) ? [`${String(fact.field)} ${String(fact.value)}`] : []));
  return new Set([...stated, ...addresses.map((address) => `e-mail ${address.toLowerCase()}`)]);
}

export interface ReadPage { pageKey: string; finalUrl: string; reading: PageReading; addresses: readonly string[]; print: Fingerprint | null; contentHash: string | null }

/** Judges the pages of one site while they are stored, in their order. */
export class Repeats {
  /** What the pages of this batch tell, which no row holds yet. */
  readonly #reach = new Map<KnownPage, Set<string>>();
  private readonly batch = new KnownPages();

  constructor(private readonly tx: ProgressTx, private readonly site: { id: string; domain: string }, private readonly pages: KnownPages) {}

  async judge(page: ReadPage): Promise<Likeness> {
    const keys = [...new Set([page.pageKey, pageKey(page.finalUrl)])];
    const { canonical } = page.reading;
    const named = canonical === null || !isInside(canonical, this.site.domain) ? null : pageKey(canonical);
    const known: KnownPage = { url: page.finalUrl, keys, title: page.reading.title, print: page.print, canonical, canonicalKey: named === null || keys.includes(named) ? null : named, isKept: true, sameAs: null, contentHash: page.contentHash };
    const own = reachOf(page.reading.facts, page.addresses);
    const found = await this.#declared(known, canonical, own) ?? await this.#copied(known, own);
    const judged = found === null ? known : { ...known, sameAs: found.of.url, isKept: found.why === null, contentHash: found.why === null ? known.contentHash : null };
    this.#reach.set(judged, own);
    this.batch.add(judged);
    return { known: judged, repeats: found?.why ?? null };
  }

  /** By its own word, or by the word of the page that was read before it. */
  async #declared(page: KnownPage, canonical: string | null, own: ReadonlySet<string>): Promise<{ of: KnownPage; why: string } | null> {
    const target = page.canonicalKey === null ? null : this.#byKey(page.canonicalKey);
    // One that names another one itself, or is named by many that are not like it, proves nothing but its words.
    if (target !== null && canonical !== null) {
      const isLike = isCopy(page, target, DECLARED_COPY);
      const isTrusted = target.canonicalKey === null && !isHome(canonical) && this.#unlike(target) < UNLIKE;
      if ((isLike || isTrusted) && await this.#saysNoMore(own, target)) return { of: target, why: `the same page as ${target.url}, which it names as its own address (canonical)` };
    }
    const naming = page.keys.map((key) => this.batch.namedBy(key) ?? this.pages.namedBy(key)).find((one) => one !== null) ?? null;
    if (naming !== null && isCopy(page, naming, DECLARED_COPY) && await this.#saysNoMore(own, naming)) return { of: naming, why: `the same page as ${naming.url}, which names this one as its own address (canonical)` };
    return null;
  }

  /** By its words: a repetition where title and words are the same; only like another one where the numbers differ. */
  async #copied(page: KnownPage, own: ReadonlySet<string>): Promise<{ of: KnownPage; why: string | null } | null> {
    const { print } = page;
    if (print === null) return null;
    const same = print.words < COPY_WORDS ? null : this.#nearest(print, (one) => one.title === page.title, 'exact');
    if (same !== null && await this.#saysNoMore(own, same)) return { of: same, why: `the same page as ${same.url}: title and words are (nearly) the same` };
    const cast = this.#nearest(print, () => true, 'mould');
    return cast !== null && await this.#saysNoMore(own, cast) ? { of: cast, why: null } : null;
  }

  #byKey(key: string): KnownPage | null {
    return this.batch.byKey(key) ?? this.pages.byKey(key);
  }

  #nearest(print: Fingerprint, fits: (page: KnownPage) => boolean, kind: 'exact' | 'mould'): KnownPage | null {
    return this.pages.nearest(print, COPY, fits, kind) ?? this.batch.nearest(print, COPY, fits, kind);
  }

  #unlike(target: KnownPage): number {
    return this.pages.unlike(target) + this.batch.unlike(target);
  }

  async #saysNoMore(own: ReadonlySet<string>, than: KnownPage): Promise<boolean> {
    if (own.size === 0) return true;
    const theirs = this.#reach.get(than) ?? await this.#stored(than);
    return [...own].every((one) => theirs.has(one));
  }

  async #stored(page: KnownPage): Promise<Set<string>> {
    const [row] = await this.tx.query<{ facts: unknown[]; addresses: string[] }>(`
      SELECT p.facts, ARRAY(SELECT e.address FROM email_sources s JOIN emails e ON e.id = s.email_id WHERE s.page_id = p.id) AS addresses
      FROM pages p WHERE p.crawl_job_id = $1 AND p.page_key = ANY($2) AND p.outcome = 'OK' LIMIT 1`, [this.site.id, [...page.keys]]);
    const reach = reachOf(row?.facts ?? [], row?.addresses ?? []);
    this.#reach.set(page, reach);
    return reach;
  }
}

function isCopy(a: KnownPage, b: KnownPage, most: number): boolean {
  // Where there are no words to compare, the title is all there is.
  if (a.print === null || b.print === null) return a.print === b.print && a.title === b.title;
  return distance(a.print.exact, b.print.exact) <= most;
}

export interface StoredRow { page_key: string; final_url: string; title: string | null; outcome: string; fingerprint: string | null; canonical: string | null; same_as: string | null; content_hash: string | null }

/** A page as its row has it, for a run that takes over. Rows of before these columns were there say nothing, and are no worse than that. */
export function knownFromRow(row: StoredRow): KnownPage {
  const keys = [...new Set([row.page_key, pageKey(row.final_url)])];
  const named = row.canonical === null ? null : pageKey(row.canonical);
  return { url: row.final_url, keys, title: row.title, print: readFingerprint(row.fingerprint), canonical: row.canonical, canonicalKey: named === null || keys.includes(named) ? null : named, isKept: row.outcome === 'OK', sameAs: row.same_as, contentHash: row.content_hash };
}
