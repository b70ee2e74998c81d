/** Which elements a person does not see, or sees backwards: the two style tricks used against harvesters. */

const NOT_SHOWN = /(?:^|[;{\s])(?:display\s{0,4}:\s{0,4}none|visibility\s{0,4}:\s{0,4}hidden)/i;
const BACKWARDS = /unicode-bidi\s{0,4}:\s{0,4}(?:bidi-override|isolate-override)/i;
const RIGHT_TO_LEFT = /direction\s{0,4}:\s{0,4}rtl/i;

export function hidesByStyle(style: string): boolean {
  return NOT_SHOWN.test(style);
}

export function reversesByStyle(style: string): boolean {
  return BACKWARDS.test(style) && RIGHT_TO_LEFT.test(style);
}

export interface ClassRules {
  hidden: Set<string>;
  reversed: Set<string>;
}

const SIMPLE_SELECTOR = /^(?:[a-z]{1,10}[0-9]?)?\.([\w-]{1,60})$/i;
const ID_SELECTOR = /^(?:[a-z]{1,10}[0-9]?)?#([\w-]{1,60})$/i;
const DESCENDANT = /^[\w.#-]{1,60} (?:[a-z]{1,10})?\.([\w-]{1,60})$/i;
const MAX_STYLE = 400_000;

/**
 * Reads the top-level rules of a style sheet with simple class or id selectors. Rules inside `@media` and the like
 * depend on the device and are left out. Linear: one walk over the braces.
 */
export function readStyleSheet(css: string, rules: ClassRules): void {
  const sheet = css.length > MAX_STYLE ? css.slice(0, MAX_STYLE) : css;
  let depth = 0;
  let selectorStart = 0;
  let bodyStart = 0;
  for (let at = 0; at < sheet.length; at += 1) {
    const char = sheet[at];
    if (char === '/' && sheet[at + 1] === '*') {
      const close = sheet.indexOf('*/', at + 2);
      if (close < 0) return;
      at = close + 1;
      if (depth === 0) selectorStart = at + 1;
    } else if (char === '{') {
      if (depth === 0) bodyStart = at + 1;
      depth += 1;
    } else if (char === '}' && depth > 0) {
      depth -= 1;
      if (depth === 0) {
        addRule(sheet.slice(selectorStart, bodyStart - 1), sheet.slice(bodyStart, at), rules);
        selectorStart = at + 1;
      }
    } else if (char === ';' && depth === 0) selectorStart = at + 1;
  }
}

function addRule(selectors: string, body: string, rules: ClassRules): void {
  if (selectors.includes('@') || body.includes('{') || selectors.length > 4000) return;
  const hides = hidesByStyle(body);
  const reverses = reversesByStyle(body);
  if (!hides && !reverses) return;
  for (const selector of selectors.split(',')) {
    const clean = selector.trim();
    const name = SIMPLE_SELECTOR.exec(clean)?.[1] ?? DESCENDANT.exec(clean)?.[1];
    const id = ID_SELECTOR.exec(clean)?.[1];
    const key = name ?? (id === undefined ? undefined : `#${id}`);
    if (key === undefined) continue;
    if (hides) rules.hidden.add(key);
    if (reverses) rules.reversed.add(key);
  }
}
