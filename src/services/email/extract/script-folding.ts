/** Addresses that scripts of the page put together, read by folding constants; no code of the page is run. */
import { EmailNotation } from '../../../entities/email-notation.js';
import { decodeValue, findInAttributes, rangeOf } from './attributes.js';
import { detached, RecentMap } from '../../../recent-map.js';
import { foldText } from './characters.js';
import { percentDecode, reverseText, rot13 } from './ciphers.js';
import { isMailDomain } from './domain.js';
import { clipEvidence, type BareAddress, type Finding } from './finding.js';
import { isMailto, readMailto } from './mailto.js';
import type { PageModel } from './page-model.js';
import { isCredible, type PageContext } from './precision.js';
import { isCode } from './readable.js';
import { scanHtml } from './scan-html.js';
import { Evaluator } from './script/evaluator.js';
import { tokenize, type Token } from './script/lexer.js';
import { parseTokens } from './script/parser.js';
import type { Output } from './script/statements.js';
import { work } from './steps.js';
import { scanText } from './text-scanner.js';

/** Without one of these no script puts an address together: the sign at the edge of a string or in a code, or a decoder's name. */
const MAKES = /["'`}]@|@["'`$]|@[^"'`\n]{0,80}["'`]\s{0,5}[+;]|@[\w-]{1,40}["'`]|crypt|decod(?!eURI)|%40|\\x40|\\u0040|\\100|&#|mail\w{0,20}\s{0,3}\(|mailto|fromCharCode|unescape|atob|rot13|charCodeAt|\.reverse\(|arobase|[[(] ?at ?[\])]|eval\(/i;
/** A string that holds an address as it is. */
const HOLDS = /[^\s"'`]@[^\s"'`]|cfemail|\\x40|\\u0040|\\100/i;
const DECODER = /crypt|decod|deobf|mail|rot|enc|cloak|reveal|spam|obf|unhide|protect/;
const PAIRING = /mail|spam|addr|contact|kontakt|cloak|protect|courriel|correo|^m$|^mt$|^email$/;
const MAYBE = /[@\u200b]|%40|&#|mailto|cfemail|email-protection#|[[({] ?at ?[\])}]/i;
const MAX_FOLDED = 300_000;
const MAX_LEXED = 3_000_000;
/** Short scripts are read without a hint: they may define the parts that another one puts together. */
const MAX_SMALL = 4_000;
const MAX_HTML = 400_000;
/** For the first addresses of a script the snippet shows their own place in the code. */
const MAX_LOCATED = 200;
const SKIPPED_KEYS = /^(?:placeholder|hint|example|pattern|regex|author|maintainers|license|dsn|sentry\w{0,10}|publickey|licensekey|applicationid|clientid|client_id|service_?account)$/i;

function inHtml(html: string, page: PageContext): BareAddress[] {
  const model = scanHtml(html.length > MAX_HTML ? html.slice(0, MAX_HTML) : html);
  return [...scanText(model.text, { page, seams: model.seams }), ...findInAttributes(model, page)].map(({ local, domain }) => ({ local, domain }));
}

function inText(text: string, page: PageContext): BareAddress[] {
  if (isMailto(text)) return readMailto(text, page);
  if (/[<&]/.test(text)) return inHtml(text, page);
  const found = scanText(foldText(text), { page });
  if (found.length === 0 && text.includes('%')) return scanText(foldText(percentDecode(text)), { page });
  return found.map(({ local, domain }) => ({ local, domain }));
}

/** `mailTo('info', 'firm', 'example')`: a function that is not on the page, called with the parts. */
function fromParts(args: readonly string[], page: PageContext): BareAddress | null {
  const parts = args.filter((arg) => arg !== '').slice(0, 4);
  const [first, second, third] = parts;
  if (first === undefined || second === undefined) return null;
  const tries: (readonly [string, string])[] = [[first, second], [second, first], [reverseText(first), reverseText(second)]];
  if (third !== undefined) tries.unshift([first, `${second}.${third.replace(/^\./, '')}`]);
  for (const [user, host] of tries) {
    const local = user.toLowerCase().replace(/@$/, '');
    const domain = host.toLowerCase().replace(/^@/, '');
    if (/^[\p{L}\d._+-]{1,64}$/u.test(local) && !isMailDomain(local) && isMailDomain(domain) && isCredible(local, domain, page)) return { local, domain };
  }
  return null;
}

function readOutput(output: Output, page: PageContext): BareAddress[] {
  if (MAYBE.test(output.text)) {
    const found = inText(output.text, page);
    if (found.length > 0) return DECODER.test(output.callee) ? preferDecoded(output.text, found, page) : found;
  }
  if (output.callee === '' || !DECODER.test(output.callee)) return [];
  const decoded = decodeValue(percentDecode(output.text), page, true);
  if (decoded.length > 0) return decoded;
  if (!PAIRING.test(output.callee)) return [];
  const pair = fromParts(output.args, page);
  return pair === null ? [] : [pair];
}

/** An argument of a rotation looks like an address before and after: the one on the site's own domain is meant. */
function preferDecoded(text: string, found: BareAddress[], page: PageContext): BareAddress[] {
  if (!/@/.test(text) || page.siteDomain === null || found.some(({ domain }) => domain.endsWith(page.siteDomain ?? ''))) return found;
  const turned = scanText(rot13(text), { page });
  return turned.some(({ domain }) => domain.endsWith(page.siteDomain ?? '')) ? turned : found;
}

/** Strings that stand alone in the code (not half of a sum), with the key they are the value of. */
function inLiterals(tokens: readonly Token[], page: PageContext): BareAddress[] {
  const found: BareAddress[] = [];
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token?.kind !== 'string' || token.value.length < 6 || !(token.value.includes('@') || token.value.includes('cfemail'))) continue;
    const before = tokens[index - 1];
    const after = tokens[index + 1];
    if (before?.kind === 'punct' && (before.value === '+' || before.value === '+=')) continue;
    if (after?.kind === 'punct' && (after.value === '+' || after.value === '.' || after.value === ':')) continue;
    // What is logged is meant for developers, and often names them.
    if (tokens[index - 4]?.kind === 'name' && (tokens[index - 4] as { value?: unknown }).value === 'console') continue;
    const key = before?.kind === 'punct' && before.value === ':' ? tokens[index - 2] : undefined;
    if (key !== undefined && (key.kind === 'name' || key.kind === 'string') && SKIPPED_KEYS.test(key.value)) continue;
    // Long strings are templates and data in which an "@" means anything; short ones are values.
    if (token.value.length <= 20_000) found.push(...inText(token.value, page));
  }
  return found;
}

/** `firm.co.uk` → `firm.co`: what a domain is while its last labels are still to come. */
function shorterDomains(domain: string): string[] {
  const labels = domain.split('.');
  return labels.slice(2).map((_label, index) => labels.slice(0, index + 2).join('.'));
}

/** What a piece gives, `folds`: run with the others of the page, `holds`: its strings are looked at. */
interface Reading { piece: Piece; folds: boolean; holds: boolean }

/** Sets of scripts that were read lately: the pages of a site often have all of theirs in common. */
const MAX_REMEMBERED = 50;
const MAX_PROGRAM = 60_000;
const programs = new RecentMap<readonly (readonly BareAddress[])[]>(MAX_REMEMBERED);

/** Angular's TransferState writes these four signs of its JSON with escapes of its own. */
function withSigns(code: string): string {
  return code.replace(/&([qlgs]);/g, (_whole, sign: string) => ({ q: '"', l: '<', g: '>' })[sign] ?? "'").replaceAll('&a;', '&');
}

/** What each of the pieces gives; they share their variables. */
function read(readings: readonly Reading[], page: PageContext): readonly (readonly BareAddress[])[] {
  const evaluator = new Evaluator();
  return readings.map(({ piece: { code }, folds, holds }) => {
    const tokens = tokenize(code.includes('&q;') ? withSigns(code) : code);
    work.steps += tokens.length;
    const found = holds ? inLiterals(tokens, page) : [];
    if (folds) for (const output of evaluator.run(parseTokens(tokens))) found.push(...readOutput(output, page));
    return found;
  });
}

function remembered(readings: readonly Reading[], page: PageContext): readonly (readonly BareAddress[])[] {
  const size = readings.reduce((sum, { piece }) => sum + piece.code.length, 0);
  if (size > MAX_PROGRAM) return read(readings, page);
  const key = readings.map(({ piece, folds, holds }) => `${folds} ${holds} ${piece.code}`).join('\0');
  return programs.remember(`${page.siteDomain ?? ''}\0${key}`, () => read(readings.map((each) => ({ ...each, piece: { ...each.piece, code: detached(each.piece.code) } })), page));
}

function findingsOf(found: readonly BareAddress[], { code, at, element, label }: Piece, model: PageModel): Finding[] {
  const seen = new Map<string, BareAddress>();
  for (const each of found) seen.set(`${each.local}@${each.domain}`, each);
  const range = label === 'script' ? { start: at, end: at } : rangeOf(model.elements, element);
  const stages = new Set([...seen.values()].flatMap(({ local, domain }) => shorterDomains(domain).map((shorter) => `${local}@${shorter}`)));
  const findings: Finding[] = [];
  let located = 0;
  for (const [address, each] of seen) {
    // "info@firm.co" on the way to "info@firm.co.uk" is a stage of a sum.
    if (stages.has(address)) continue;
    located += 1;
    const spot = located <= MAX_LOCATED ? code.indexOf(each.local) : 0;
    const piece = code.length <= 160 ? code : code.slice(Math.max(0, spot - 40), Math.max(0, spot - 40) + 120);
    findings.push({ ...each, notation: EmailNotation.SCRIPT, ...range, evidence: clipEvidence(`${label}: ${piece}`), element });
  }
  return findings;
}

interface Piece { code: string; at: number; element: number; label: string; data: boolean }

/** Code of the page in its order: scripts, then links and handlers that call them. JSON-LD is read elsewhere. */
function piecesOf(model: PageModel): Piece[] {
  const pieces: Piece[] = [];
  for (const { type, code, at, element } of model.scripts) {
    if (type === 'application/ld+json' || type === 'speculationrules' || type === 'importmap' || /html|template|handlebars|mustache/.test(type)) continue;
    pieces.push({ code, at, element, label: 'script', data: !(type === '' || type === 'module' || /(?:java|ecma)script/.test(type)) });
  }
  for (const { name, value, element } of model.attributes) {
    const code = isCode(name) ? value : JAVASCRIPT.test(value) ? percentDecode(value.replace(JAVASCRIPT, '')) : null;
    if (code !== null) pieces.push({ code, at: 0, element, label: name, data: false });
  }
  return pieces;
}

const JAVASCRIPT = /^\s{0,3}javascript:/i;

/** Scripts share their variables. Where nothing on the page hints at an address, none is read. */
export function findInScripts(model: PageModel, page: PageContext): Finding[] {
  const pieces = piecesOf(model).map((piece) => ({ piece, makes: !piece.data && MAKES.test(piece.code), holds: HOLDS.test(piece.code) }));
  const anyMakes = pieces.some(({ makes }) => makes);
  if (!anyMakes && !pieces.some(({ holds }) => holds)) return [];
  const readings: Reading[] = [];
  for (const { piece, makes, holds } of pieces) {
    const { length } = piece.code;
    work.steps += length >> 4;
    const folds = !piece.data && length <= MAX_FOLDED && (makes || (anyMakes && length <= MAX_SMALL));
    if (length <= MAX_LEXED && (folds || holds)) readings.push({ piece, folds, holds });
  }
  const found = remembered(readings, page);
  return readings.flatMap(({ piece }, index) => findingsOf(found[index] ?? [], piece, model));
}
