import { type SandboxSite } from '../types.js';
import { escapeHtml } from './notations.js';

/** A plain page with links, for hostile sites whose trouble lies elsewhere. */
export function companyPage(site: SandboxSite, title: string, bodyHtml: string, links: readonly (readonly [href: string, label: string])[]): string {
  return `<!DOCTYPE html>\n<html lang="${site.language}"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title></head><body><nav>${links.map(([href, label]) => `<a href="${escapeHtml(href)}">${escapeHtml(label)}</a>`).join(' ')}</nav><h1>${escapeHtml(title)}</h1>${bodyHtml}<footer>${escapeHtml(site.companyName)}, ${escapeHtml(site.street)}, ${escapeHtml(site.city)}</footer></body></html>\n`;
}

/** Mark-up a browser still reads: unclosed and crossed tags, missing quotes, stray ends, two bodies, deep nesting. */
export function brokenPage(site: SandboxSite): string {
  return `<html><head><title>${escapeHtml(site.companyName)}<body bgcolor=#fff><h1>${escapeHtml(site.companyName)}</h2>
<table><tr><td><b><i>Bowls & plates</b></i><td>Write: <a href=mailto:clay@${site.host} class=x title="clay>studio">the studio</a
<p>Visit us in ${escapeHtml(site.city)}</div></span></p>
<body><p>Or ask the kiln: kiln@${site.host}</p>
<ul><li>one<li>two<ul><li>three</ul>
${'<div><font><center>'.repeat(300)}deep${'</center></font>'.repeat(120)}
<img src="logo@2x.png" alt='a "quoted" name'><a href="http://[bad">bad link</a><a href="javascript:void(0)">x</a><a href="tel:">y</a>
<!-- never closed comment is last: <p>nothing
`;
}

/** The whole page of the script site; addresses are stored reversed, so reading the source does not give them. */
export function scriptApp(site: SandboxSite): string {
  const reversed = (text: string) => JSON.stringify([...text].reverse().join(''));
  const cards = site.emails.map((email) => `[${JSON.stringify(email.personName ?? site.companyName)},${JSON.stringify(email.jobTitle ?? 'Front desk')},${reversed(email.address)}]`).join(',');
  return `(function(){
var back=function(s){return s.split('').reverse().join('')};
var root=document.getElementById('root');
var add=function(tag,text,parent){var e=document.createElement(tag);e.textContent=text;(parent||root).appendChild(e);return e};
add('h1',${JSON.stringify(site.companyName)});
add('p',${JSON.stringify(`We look after teeth in ${site.city}. ${site.street}, ${site.city}.`)});
[${cards}].forEach(function(c){var box=add('div','');add('h3',c[0],box);add('p',c[1],box);var a=add('a',back(c[2]),box);a.href='mail'+'to:'+back(c[2])});
document.title=${JSON.stringify(`${site.companyName} – ${site.city}`)};
})();
`;
}
