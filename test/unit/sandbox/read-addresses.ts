import { runInNewContext } from 'node:vm';
import { Parser } from 'htmlparser2';
import { LANGUAGES } from '../../../sandbox/sites/languages/index.js';

const PLAIN = /[a-z0-9._+-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,24}/gi;

function cloudflare(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  return Buffer.from(bytes.subarray(1).map((byte) => byte ^ (bytes[0] ?? 0))).toString('utf8');
}

/** Runs a page's inline script with just enough of a document to see what it writes. */
function written(code: string): string {
  let out = '';
  const element = { set innerHTML(html: string) { out += html; } };
  runInNewContext(code, { document: { write: (html: string) => { out += html; }, getElementById: () => element }, String, window: {} }, { timeout: 1000 });
  return out;
}

/**
 * Every address a page shows in any notation, found the slow and honest way: parse, run scripts, undo each disguise.
 * Independent of the product's extractor and of the generator's writer.
 */
export function readAddresses(html: string): Set<string> {
  const found = new Set<string>();
  const add = (text: string) => {
    for (const [address] of text.matchAll(PLAIN)) found.add(address.toLowerCase());
  };
  const visit = (source: string, mayRun: boolean): void => {
    let glued = '';
    let script: { type: string; code: string } | null = null;
    const parser = new Parser({
      onopentag(name, attributes) {
        if (name === 'script') script = { type: attributes.type ?? '', code: '' };
        else if (!['span', 'b', 'a', 'i'].includes(name)) glued += '\n';
        for (const [key, value] of Object.entries(attributes)) {
          if (key === 'placeholder' || key === 'src' || key === 'srcset') continue;
          if (key === 'href' && value.startsWith('mailto:')) add(decodeURIComponent(value));
          else if (key === 'data-cfemail') add(cloudflare(value));
          else if (key === 'href' && value.includes('email-protection#')) add(cloudflare(value.split('#')[1] ?? ''));
          else add(value);
        }
      },
      ontext(text) {
        if (script) script.code += text;
        else glued += text;
      },
      onclosetag(name) {
        if (name === 'script' && script) {
          if (script.type === 'application/ld+json') add(script.code);
          else if (mayRun && script.code.trim() !== '') visit(written(script.code), false);
          script = null;
        } else if (!['span', 'b', 'a', 'i'].includes(name)) glued += '\n';
      },
    });
    parser.end(source);
    add(glued);
    for (const language of Object.values(LANGUAGES)) {
      for (const [at, dot] of language.spelled) add(glued.split(at).join('@').split(dot).join('.'));
    }
  };
  visit(html, true);
  return found;
}
