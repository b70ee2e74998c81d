/** Which of the kept style rules fit an element (Selectors 4: tag, id, class, attribute, place, descendant and child). */
import { readStyleSheet, type Compound, type ContentPart, type StyleRule } from './style-rules.js';
import { attributeNumber, type TagAttributes } from '../../../tag-attributes.js';
import { work } from './steps.js';

/** An open element with the ones around it. */
export interface StyledNode {
  name: string;
  attribs: Readonly<Record<string, string>>;
  /** 1 for the first element of its parent. */
  place: number;
  parent: StyledNode | null;
}

const ID = attributeNumber('id');
/** Rules are found by the rarest thing their last compound asks for: id, class, attribute, tag. */
const MAX_RULES = 3_000;
const MAX_PER_KEY = 60;
const MAX_CLASSES = 20;
const MAX_ANCESTORS = 40;
const MAX_REMEMBERED = 5_000;
/** Rules times elements is the one product on a page; beyond this much work sheets are no longer asked. */
const MAX_WORK = 3_000_000;

export interface Applied {
  hides: boolean;
  shrinks: boolean;
  reverses: boolean;
  before: StyleRule | null;
  after: StyleRule | null;
}

export class StyleSheets {
  readonly variables = new Map<string, string>();
  private readonly rules = new Map<string, StyleRule[]>();
  private readonly byClass = new Map<string, StyleRule[][]>();
  private asksAttributes = false;
  private asksIds = false;
  private size = 0;
  private done = 0;

  get isEmpty(): boolean {
    return this.size === 0;
  }

  read(css: string): void {
    this.byClass.clear();
    for (const rule of readStyleSheet(css, this.variables)) {
      if (this.size >= MAX_RULES) return;
      const last = rule.chain[0]?.compound;
      if (last === undefined) continue;
      const key = last.id !== '' ? `#${last.id}` : last.classes[0] !== undefined ? `.${last.classes[0]}` : last.attributes[0] !== undefined ? `[${last.attributes[0].name}` : last.tag;
      // A rule for every element of a kind is a reset, unless it asks for more.
      if (key === '' || (key === last.tag && rule.chain.length === 1 && last.place === 0 && rule.content === null)) continue;
      const list = this.rules.get(key);
      if (list === undefined) this.rules.set(key, [rule]);
      else if (list.length < MAX_PER_KEY) list.push(rule);
      else continue;
      this.size += 1;
      if (key.startsWith('[')) this.asksAttributes = true;
      if (key.startsWith('#')) this.asksIds = true;
    }
  }

  /** What the sheets say of the element whose tag is being read; null when nothing. */
  match(node: StyledNode, className: string, given: TagAttributes): Applied | null {
    if (this.size === 0 || this.done > MAX_WORK) return null;
    const id = this.asksIds ? given.get(ID) : undefined;
    let applied = this.consider(this.rules.get(node.name), node, null);
    if (className !== '') for (const list of this.rulesOfClass(className)) applied = this.consider(list, node, applied);
    if (id !== undefined) applied = this.consider(this.rules.get(`#${id}`), node, applied);
    if (this.asksAttributes) for (let at = 0; at < given.count; at += 1) applied = this.consider(this.rules.get(`[${given.nameAt(at)}`), node, applied);
    return applied;
  }

  /** The lists of rules for the classes of one `class` attribute, remembered: pages repeat them. */
  private rulesOfClass(className: string): readonly StyleRule[][] {
    const known = this.byClass.get(className);
    if (known !== undefined) return known;
    this.charge(1 + (className.length >> 3));
    const lists = className.split(/\s{1,20}/, MAX_CLASSES).map((each) => this.rules.get(`.${each}`)).filter((list) => list !== undefined);
    if (this.byClass.size < MAX_REMEMBERED) this.byClass.set(className, lists);
    return lists;
  }

  private consider(rules: readonly StyleRule[] | undefined, node: StyledNode, so: Applied | null): Applied | null {
    let applied = so;
    for (const rule of rules ?? []) {
      this.charge(1);
      if (!this.fits(rule, node)) continue;
      applied ??= { hides: false, shrinks: false, reverses: false, before: null, after: null };
      if (rule.pseudo === 'before') applied.before = rule;
      else if (rule.pseudo === 'after') applied.after = rule;
      else {
        applied.hides ||= rule.hides;
        applied.shrinks ||= rule.shrinks;
        applied.reverses ||= rule.reverses;
      }
    }
    return applied;
  }

  private charge(steps: number): void {
    this.done += steps;
    work.steps += steps;
  }

  private fits(rule: StyleRule, node: StyledNode): boolean {
    const [first, ...rest] = rule.chain;
    if (first === undefined || !this.isLike(first.compound, node)) return false;
    let { child } = first;
    let at: StyledNode | null = node.parent;
    let climbed = 0;
    for (const next of rest) {
      for (; at !== null && climbed < MAX_ANCESTORS; at = at.parent) {
        climbed += 1;
        const like = this.isLike(next.compound, at);
        if (like) break;
        if (child) return false;
      }
      if (at === null || climbed >= MAX_ANCESTORS) return false;
      at = at.parent;
      child = next.child;
    }
    return true;
  }

  private isLike(compound: Compound, node: StyledNode): boolean {
    this.charge(1);
    if (compound.tag !== '' && compound.tag !== node.name) return false;
    if (compound.place !== 0 && compound.place !== node.place) return false;
    if (compound.id !== '' && compound.id !== node.attribs['id']) return false;
    if (compound.classes.length > 0) {
      const own = ` ${node.attribs['class']?.replace(/\s/g, ' ') ?? ''} `;
      this.charge(own.length >> 5);
      if (!compound.classes.every((each) => own.includes(` ${each} `))) return false;
    }
    return compound.attributes.every(({ name, value }) => { const given = node.attribs[name]; return given !== undefined && (value === null || value === given); });
  }
}

/** The text of generated content for one element: attributes and inline custom properties filled in. */
export function contentText(parts: readonly ContentPart[], node: StyledNode, variables: ReadonlyMap<string, string>): string {
  return parts.map(({ kind, value }) => {
    if (kind === 'text') return value;
    if (kind === 'attr') return (node.attribs[value] ?? '').slice(0, 300);
    return inlineVariable(node, value) ?? variables.get(value) ?? '';
  }).join('');
}

function inlineVariable(node: StyledNode, name: string): string | null {
  let at: StyledNode | null = node;
  for (let climbed = 0; at !== null && climbed < MAX_ANCESTORS; climbed += 1, at = at.parent) {
    const style = at.attribs['style'];
    const declared = style?.includes(name) === true ? style.slice(style.indexOf(name) + name.length, style.indexOf(name) + name.length + 300) : '';
    const found = /^\s{0,4}:\s{0,4}(?:"([^"]{0,200})"|'([^']{0,200})')/.exec(declared);
    if (found !== null) return found[1] ?? found[2] ?? '';
  }
  return null;
}
