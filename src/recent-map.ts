/**
 * Remembers what was worked out lately: for work that comes again and again, as the menus and footers of a site's pages do.
 * Entries are kept in two generations, so that forgetting costs nothing: what is not asked for while `size` others come is gone.
 */
export class RecentMap<V> {
  private young = new Map<string, V>();
  private old = new Map<string, V>();

  /** @param size entries of one generation; at most twice as many are held */
  constructor(private readonly size: number) {}

  /** What was worked out for the key before, else what `work` gives now. Values must not be changed by whoever gets them. */
  remember(key: string, work: () => V): V {
    const known = this.young.get(key);
    if (known !== undefined) return known;
    const value = this.old.get(key) ?? work();
    if (this.young.size >= this.size) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(detached(key), value);
    return value;
  }
}

/**
 * The same text in memory of its own. A piece of a long text keeps all of that alive in V8: remembered, a name of twenty
 * letters would hold its whole page. What is remembered is worked out from such a copy, and filed under one.
 */
export function detached(text: string): string {
  return ` ${text}`.slice(1);
}
