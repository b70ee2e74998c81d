/** What one pass over a page yields for the search of addresses. Offsets are UTF-16 offsets into `text`. */

export interface ElementRecord {
  tag: string;
  /** Index of the parent in `elements`, -1 for the outermost. */
  parent: number;
  start: number;
  end: number;
  className: string;
  itemprop: string;
}

/** An attribute that may hold an address, with the place in the text where its element begins. */
export interface AttributeRecord {
  tag: string;
  name: string;
  value: string;
  element: number;
  /** The source of the attribute holds character references. */
  entity: boolean;
}

export interface ScriptRecord {
  code: string;
  /** Lower-cased `type` without parameters; '' for a classic script. */
  type: string;
  /** Text offset where the script stands. */
  at: number;
  element: number;
}

/** Attributes of one element that only make sense together (user and domain apart). */
export interface AttributeGroup {
  tag: string;
  values: ReadonlyMap<string, string>;
  element: number;
}

export interface PageModel {
  /** Visible text: white space folded, '\n' between blocks, '\t' between cells of a row. */
  text: string;
  elements: ElementRecord[];
  /** Indexes of elements whose class is that of an address in a card, and of those that say what their value is. */
  cardFields: number[];
  properties: number[];
  attributes: AttributeRecord[];
  groups: AttributeGroup[];
  scripts: ScriptRecord[];
  /** Sorted offsets of characters that were written as character references. */
  entityOffsets: number[];
  /** Sorted offsets where an inline tag begins or ends. */
  seams: number[];
  /** Ranges of text that were printed backwards and have been turned round, or that a style sheet put in. */
  composed: { start: number; end: number }[];
}

/** The index of the first value ≥ `wanted` in a sorted list. */
export function lowerBound(sorted: readonly number[], wanted: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function hasInside(sorted: readonly number[], start: number, end: number): boolean {
  const at = lowerBound(sorted, start);
  return at < sorted.length && (sorted[at] ?? Infinity) < end;
}
