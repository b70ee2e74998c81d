/**
 * The pages that one run knows of its site, by address and by words, and which shapes of addresses have turned out to give
 * the same pages again and again. Rebuilt from the rows of `pages` when a run takes over, so a kill forgets nothing.
 */
import { DECLARED_COPY, distance, type Fingerprint } from './fingerprint.js';
import { contactLikeness } from './link-rank.js';
import { pageKey } from './url.js';

export interface KnownPage {
  /** Address that answered, and that a reader is referred to. */
  url: string;
  /** Its identities in the frontier: as asked for, and as it answered. */
  keys: readonly string[];
  title: string | null;
  print: Fingerprint | null;
  canonical: string | null;
  /** Key of the address that the page says is its own; null when it says nothing or names itself. */
  canonicalKey: string | null;
  /** False for one that only repeats another: nobody is referred to it. */
  isKept: boolean;
  /** The page that this one was found to be like, by its words or by its own word. */
  sameAs: string | null;
  /** SHA-256 of the body; null for one that is not kept. */
  contentHash: string | null;
}

/** More pages are not compared; sites of this size are cut off by their budgets. */
const MAX_COMPARED = 20_000;
/** So many pages of a shape must have been copies, and so large a share of all that were read of it, before it is closed. */
const COPIES = 5;
const COPIES_OF_FOLDER = 10;
const SHARE = 0.8;
/** A link like this is followed whatever shape it has. */
const WORTH_IT = 0.7;

/** What addresses of one trap have in common. Each page belongs to several shapes; numbers and values are left out. */
export function shapesOf(address: string): string[] {
  const url = new URL(address);
  const path = url.pathname;
  const names = [...new Set([...url.searchParams.keys()].map((name) => name.toLowerCase()))].sort();
  const shapes = names.map((name) => `parameter ${name}`);
  const bare = path.toLowerCase().replace(/[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,64}|\d{1,40}/g, '#');
  if (names.length > 0) shapes.push(`query of ${url.host}${bare}`);
  if (bare.includes('#')) shapes.push(`numbers in ${url.host}${bare}`);
  if (/\p{Lu}/u.test(path)) shapes.push(`capitals on ${url.host}`);
  if (/\/\/|;/.test(path)) shapes.push(`odd paths on ${url.host}`);
  const segments = bare.split('/').filter((segment) => segment !== '');
  if (new Set(segments).size < segments.length) shapes.push(`repetitions on ${url.host}`);
  if (segments.length > 1) shapes.push(`folder ${url.host}/${segments[0] ?? ''}/`);
  return shapes;
}

export class KnownPages {
  readonly #pages: KnownPage[] = [];
  readonly #byKey = new Map<string, KnownPage>();
  readonly #shapes = new Map<string, { read: number; copies: number }>();
  /** Pages that named a page as their own address without being like it, by its address. */
  readonly #unlike = new Map<string, number>();
  #closed = 0;
  #swept = 0;

  /** Pages in the order in which they were stored; the same order gives the same shapes. */
  add(page: KnownPage): void {
    for (const key of page.keys) if (page.isKept && !this.#byKey.has(key)) this.#byKey.set(key, page);
    if (page.print !== null && page.isKept && this.#pages.length < MAX_COMPARED) this.#pages.push(page);
    if (!page.isKept && page.sameAs !== null) {
      const target = this.byKey(pageKey(page.sameAs));
      if (target === null || target.print === null || page.print === null || distance(target.print.exact, page.print.exact) > DECLARED_COPY) this.#unlike.set(page.sameAs, (this.#unlike.get(page.sameAs) ?? 0) + 1);
    }
    for (const shape of shapesOf(page.url)) {
      const count = this.#shapes.get(shape) ?? { read: 0, copies: 0 };
      const wasClosed = isTrapped(shape, count);
      count.read += 1;
      if (page.sameAs !== null) count.copies += 1;
      this.#shapes.set(shape, count);
      this.#closed += Number(isTrapped(shape, count)) - Number(wasClosed);
    }
  }

  byKey(key: string): KnownPage | null {
    return this.#byKey.get(key) ?? null;
  }

  /** The kept page whose words differ least, where they differ in at most `most` bits. */
  nearest(print: Fingerprint, most: number, fits: (page: KnownPage) => boolean, kind: 'exact' | 'mould' = 'exact'): KnownPage | null {
    let best: KnownPage | null = null;
    let least = most + 1;
    for (const page of this.#pages) {
      if (page.print === null) continue;
      const differing = distance(page.print[kind], print[kind]);
      if (differing >= least || !fits(page)) continue;
      best = page;
      least = differing;
    }
    return best;
  }

  /** Pages that named this one as their canonical address before it was read. */
  namedBy(key: string): KnownPage | null {
    return this.#pages.find((page) => page.canonicalKey === key && !page.keys.includes(key)) ?? null;
  }

  unlike(target: KnownPage): number {
    return this.#unlike.get(target.url) ?? 0;
  }

  /** How many shapes of addresses are closed. */
  get closed(): number {
    return this.#closed;
  }

  /** True when a shape was closed whose waiting addresses have no outcome yet. */
  get isToSweep(): boolean {
    return this.#closed > this.#swept;
  }

  /** Addresses of so many closed shapes have their outcome, and are committed. */
  sweptUpTo(closed: number): void {
    this.#swept = closed;
  }

  /** The closed shape that an address belongs to, in words; null where it may be asked for, as a likely contact page always may. */
  trapOf(url: string, likeness = contactLikeness({ url, text: '', position: 0 })): string | null {
    if (this.#closed === 0 || likeness >= WORTH_IT || this.#byKey.has(pageKey(url))) return null;
    return shapesOf(url).find((shape) => isTrapped(shape, this.#shapes.get(shape))) ?? null;
  }
}

function isTrapped(shape: string, count: { read: number; copies: number } | undefined): boolean {
  return count !== undefined && count.copies >= (shape.startsWith('folder ') ? COPIES_OF_FOLDER : COPIES) && count.copies >= SHARE * count.read;
}
