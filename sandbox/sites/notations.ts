import { type Random } from '../random.js';
import { type Notation } from '../types.js';
import { type Language } from './languages/language.js';

/** Every way of writing an address that a body of a page can carry; `jsonld` lives in the head and `builtByScript` on its own site. */
export const BODY_NOTATIONS = [
  'mailto', 'plain', 'cfemail', 'spelledOut', 'entityDecimal', 'mailtoEncoded', 'jsonld', 'splitTags', 'entityHex', 'mailtoSubject',
  'microdata', 'scriptConcat', 'entityNamed', 'cfHref', 'attribute', 'scriptWrite', 'mailtoSeveral', 'scriptCharCode',
] as const satisfies readonly Notation[];

export function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

/** Cloudflare's e-mail protection: one key byte, then each UTF-8 byte XOR the key, in hex. */
export function cloudflareEncode(address: string, key: number): string {
  return Buffer.from([key, ...Buffer.from(address, 'utf8').map((byte) => byte ^ key)]).toString('hex');
}

function inJsPieces(text: string, random: Random): string {
  const pieces: string[] = [];
  for (let at = 0; at < text.length;) {
    const length = random.between(3, 7);
    pieces.push(`'${text.slice(at, at + length)}'`);
    at += length;
  }
  return pieces.join('+');
}

/**
 * HTML that shows `address` in the given notation.
 * @param companion a second address for `mailtoSeveral`
 */
export function writeAddress(address: string, notation: Notation, language: Language, random: Random, companion?: string): string {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  const domain = address.slice(at + 1);
  const label = escapeHtml(language.email);
  switch (notation) {
    case 'mailto': return `<a href="mailto:${address}">${random.chance(0.5) ? address : label}</a>`;
    case 'mailtoEncoded': return `<a href="mailto:${local}%40${domain}">${label}</a>`;
    case 'mailtoSubject': return `<a class="btn" href="mailto:${address}?subject=${encodeURIComponent(language.pages.contact[0])}&amp;body=">${label}</a>`;
    case 'mailtoSeveral': return `<a href="mailto:${address}${companion ? `,%20${companion}` : ''}?cc=">${label}</a>`;
    case 'plain': return `${address}`;
    case 'entityDecimal': return [...address].map((c) => `&#${c.codePointAt(0) ?? 0};`).join('');
    case 'entityHex': return address.replace('@', '&#x40;').replace(/\./g, '&#x2E;');
    case 'entityNamed': return address.replace('@', '&commat;').replace(/\./g, '&period;');
    case 'spelledOut': {
      const [atWord, dotWord] = random.pick(language.spelled);
      return `${local}${escapeHtml(atWord)}${domain.split('.').join(escapeHtml(dotWord))}`;
    }
    case 'cfemail': {
      const hex = cloudflareEncode(address, random.between(1, 255));
      return `<a href="/cdn-cgi/l/email-protection" class="__cf_email__" data-cfemail="${hex}">[email&#160;protected]</a>`;
    }
    case 'cfHref': return `<a href="/cdn-cgi/l/email-protection#${cloudflareEncode(address, random.between(1, 255))}">${label}</a>`;
    case 'microdata': return `<span itemscope itemtype="https://schema.org/ContactPoint"><meta itemprop="email" content="${address}"><span itemprop="contactType">${label}</span></span>`;
    case 'attribute': return random.chance(0.5) ? `<span class="mail" title="${address}">✉ ${label}</span>` : `<button type="button" class="mail" data-email="${address}">${label}</button>`;
    case 'scriptConcat': {
      const id = `m${random.between(1000, 9999)}`;
      return `<span id="${id}"></span><script>var u="${local}";var d="${domain}";document.getElementById("${id}").innerHTML='<a href="mailto:'+u+'@'+d+'">'+u+'@'+d+'</a>';</script>`;
    }
    case 'scriptWrite': return `<script>document.write(${inJsPieces(`<a href="mailto:${address}">${address}</a>`, random)});</script>`;
    case 'scriptCharCode': return `<script type="text/javascript">document.write(String.fromCharCode(${[...`<a href="mailto:${address}">${address}</a>`].map((c) => c.charCodeAt(0)).join(',')}))</script>`;
    case 'splitTags': return random.chance(0.5)
      ? `${local}<span>@</span>${domain.replace(/\.(?=[^.]+$)/, '<span>.</span>')}`
      : `<b>${local}</b>@<!-- no robots --><b>${domain}</b>`;
    case 'jsonld': case 'builtByScript': return '';
  }
}
