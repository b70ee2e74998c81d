import { type Block } from './blocks.js';
import { escapeHtml } from './notations.js';
import { type TemplateName } from './plan.js';

export interface PageModel {
  title: string;
  heading: string;
  companyName: string;
  description: string;
  locale: string;
  /** Declared in a meta tag when set. */
  metaCharset?: string;
  menu: { label: string; href: string; current: boolean }[];
  blocks: Block[];
  /** Markup for the head: JSON-LD and the like. */
  headHtml: string;
  footerHtml: string;
  /** Invisible to readers; must not be read as contact data. */
  hiddenHtml: string;
  submitLabel: string;
}

const MODERN_CSS = `*{box-sizing:border-box}body{margin:0;font:16px/1.6 system-ui,sans-serif;color:#26313d;background:#fbfaf7}header{display:flex;gap:2rem;align-items:center;padding:1rem 6vw;background:#fff;border-bottom:1px solid #e5e0d6}
nav ul{display:flex;flex-wrap:wrap;gap:1rem;list-style:none;margin:0;padding:0}nav a{color:#26547c;text-decoration:none}nav a[aria-current]{font-weight:700}main{max-width:52rem;margin:2rem auto;padding:0 1rem}section{margin:2rem 0}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:1rem}.card{padding:1rem;background:#fff;border-radius:.5rem;box-shadow:0 1px 4px #0002}.card h3{margin:.2rem 0}.card .role{color:#7a6b55}
footer{padding:2rem 6vw;background:#26313d;color:#dfe6ec;font-size:.9rem}footer a{color:#ffd9a0}form{display:grid;gap:.5rem;max-width:28rem}dl{display:grid;grid-template-columns:10rem 1fr;gap:.4rem}`;
const GRID_CSS = `.container{width:960px;margin:0 auto}.row:after{content:"";display:table;clear:both}.col-4{float:left;width:32%;margin-right:1%}.col-8{float:left;width:65%}.navbar{background:#333;overflow:hidden}.navbar div{float:left;padding:12px}.navbar a{color:#fff}
.panel{border:1px solid #ccc;padding:10px;margin-bottom:12px}.team-member{min-height:140px}.team-member .name{font-size:18px;font-weight:bold}.muted{color:#888}.foot{border-top:3px solid #c33;margin-top:20px;padding:10px 0;font-size:12px}`;

const ARTICLE_CSS = `body{max-width:40em;margin:2em auto;padding:0 1em;font:18px/1.7 Georgia,'Times New Roman',serif;color:#222;background:#fffdf8}h1{font-weight:400;letter-spacing:.02em;border-bottom:2px solid #b58863}h2{font-size:1.2em;margin-top:2em}article p{text-align:justify;hyphens:auto}
dl dt{font-variant:small-caps;color:#6b5a44}dl dd{margin:0 0 .8em 1em}.cards .card{border-left:4px solid #b58863;padding:.2em 1em;margin:1em 0}.role{font-style:italic}nav{margin:2em 0;font-size:.9em}nav a{margin-right:.6em}address{font-style:normal;font-size:.8em;color:#555}form{display:block;margin:2em 0}input,textarea,button{display:block;width:100%;margin:.4em 0;padding:.5em;border:1px solid #ccb}@media print{nav,form{display:none}}`;

function head(model: PageModel, css: string): string {
  return [
    model.metaCharset ? `<meta charset="${model.metaCharset}">` : '', `<title>${escapeHtml(model.title)}</title>`,
    `<meta name="viewport" content="width=device-width, initial-scale=1">`, `<meta name="description" content="${escapeHtml(model.description)}">`,
    `<meta property="og:site_name" content="${escapeHtml(model.companyName)}">`, css ? `<style>${css}</style>` : '', '<script defer src="/js/jquery@3.7.1.min.js"></script>', model.headHtml,
  ].filter(Boolean).join('\n');
}

function form(model: PageModel): string {
  return `<form action="/send" method="post"><input type="text" name="name"><input type="email" name="email" placeholder="you@example.com" required><textarea name="message" rows="5"></textarea><button>${escapeHtml(model.submitLabel)}</button></form>`;
}

function modernBlock(block: Block, model: PageModel): string {
  switch (block.kind) {
    case 'heading': return `<h2>${escapeHtml(block.text)}</h2>`;
    case 'text': return `<p>${block.html}</p>`;
    case 'list': return `<ul>${block.items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`;
    case 'facts': return `<dl>${block.rows.map(([label, html]) => `<dt>${escapeHtml(label)}</dt><dd>${html}</dd>`).join('\n')}</dl>`;
    case 'people': return `<div class="cards">\n${block.people.map((p) => `<article class="card"><img src="/img/person.jpg" alt=""><h3>${escapeHtml(p.name)}</h3><p class="role">${escapeHtml(p.title)}</p><p>${p.html}</p>${p.emailHtml ? `<p>${p.emailHtml}</p>` : ''}</article>`).join('\n')}\n</div>`;
    case 'links': return `<div class="cards">${block.items.map((i) => `<div class="card"><h3><a href="${escapeHtml(i.href)}">${escapeHtml(i.label)}</a></h3><p>${i.html}</p></div>`).join('\n')}</div>`;
    case 'form': return form(model);
  }
}

function modern(model: PageModel): string {
  const menu = model.menu.map((m) => `<li><a href="${escapeHtml(m.href)}"${m.current ? ' aria-current="page"' : ''}>${escapeHtml(m.label)}</a></li>`).join('\n');
  return `<!DOCTYPE html>\n<html lang="${model.locale}">\n<head>\n${head(model, MODERN_CSS)}\n</head>\n<body>\n<header><a href="/"><img src="/img/logo.png" srcset="/img/logo@2x.png 2x" alt="${escapeHtml(model.companyName)}" width="120"></a><nav><ul>\n${menu}\n</ul></nav></header>\n<main>\n<h1>${escapeHtml(model.heading)}</h1>\n${model.blocks.map((b) => `<section>${modernBlock(b, model)}</section>`).join('\n')}\n</main>\n${model.hiddenHtml}<footer>${model.footerHtml}</footer>\n</body>\n</html>\n`;
}

function tableBlock(block: Block, model: PageModel): string {
  switch (block.kind) {
    case 'heading': return `<p><font size="4" color="#884400"><b>${escapeHtml(block.text)}</b></font></p>`;
    case 'people': return `<table border="1" cellpadding="4" width="100%">${block.people.map((p) => `<tr><td width="30%"><b>${escapeHtml(p.name)}</b><br><i>${escapeHtml(p.title)}</i></td><td>${p.html}<br>${p.emailHtml}</td></tr>`).join('\n')}</table>`;
    case 'facts': return `<table cellpadding="3">${block.rows.map(([label, html]) => `<tr><td valign="top"><b>${escapeHtml(label)}</b></td><td>${html}</td></tr>`).join('\n')}</table>`;
    case 'links': return block.items.map((i) => `<p>&raquo; <a href="${escapeHtml(i.href)}">${escapeHtml(i.label)}</a><br><font size="2">${i.html}</font></p>`).join('\n');
    case 'list': return `<ul>${block.items.map((item) => `<li>${escapeHtml(item)}`).join('\n')}</ul>`;
    case 'text': return `<p align="justify">${block.html}</p>`;
    case 'form': return form(model);
  }
}

/** A page of the year 2003: layout tables, upper-case tags, unclosed list items. */
function table(model: PageModel): string {
  const menu = model.menu.map((m) => `<TD BGCOLOR="${m.current ? '#FFCC66' : '#EEDDBB'}"><A HREF="${escapeHtml(m.href)}">${escapeHtml(m.label)}</A></TD>`).join('\n');
  const bar = model.menu.length > 0 ? `<TABLE WIDTH="100%" CELLSPACING="2"><TR>${menu}</TR></TABLE>\n` : '';
  return `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">\n<HTML LANG="${model.locale}">\n<HEAD>\n${head(model, '')}\n</HEAD>\n<BODY BGCOLOR="#FFFFF0" LINK="#663300">\n<CENTER><TABLE WIDTH="780" CELLPADDING="6" BORDER="0"><TR><TD><IMG SRC="/img/logo@2x.png" ALT="${escapeHtml(model.companyName)}"></TD></TR>\n<TR><TD>${bar}</TD></TR>\n<TR><TD><H1>${escapeHtml(model.heading)}</H1>\n${model.blocks.map((b) => tableBlock(b, model)).join('\n')}</TD></TR>\n<TR><TD><HR><FONT SIZE="2">${model.footerHtml}</FONT></TD></TR></TABLE></CENTER>\n${model.hiddenHtml}</BODY>\n</HTML>\n`;
}

function gridBlock(block: Block, model: PageModel): string {
  if (block.kind === 'people') return `<div class="row">${block.people.map((p) => `<div class="col-4 team-member"><div class="panel"><div class="name">${escapeHtml(p.name)}</div><div class="muted">${escapeHtml(p.title)}</div><div>${p.html}</div><div class="contact">${p.emailHtml}</div></div></div>`).join('\n')}</div>`;
  if (block.kind === 'facts') return `<div class="panel">${block.rows.map(([label, html]) => `<div><strong>${escapeHtml(label)}:</strong> <span>${html}</span></div>`).join('\n')}</div>`;
  return `<div class="row">${modernBlock(block, model)}</div>`;
}

function grid(model: PageModel): string {
  const menu = model.menu.map((m) => `<div><a href="${escapeHtml(m.href)}" title="${escapeHtml(m.label)}">${escapeHtml(m.label)}</a></div>`).join('');
  return `<!doctype html>\n<html lang="${model.locale}">\n<head>\n${head(model, GRID_CSS)}\n</head>\n<body>\n<div class="navbar">${menu}</div>\n<div class="container">\n<div class="row"><h1>${escapeHtml(model.heading)}</h1></div>\n${model.blocks.map((b) => gridBlock(b, model)).join('\n')}\n${model.hiddenHtml}<div class="foot">${model.footerHtml}</div>\n</div>\n</body>\n</html>\n`;
}

function article(model: PageModel): string {
  const menu = model.menu.map((m) => `<a href="${escapeHtml(m.href)}">${escapeHtml(m.label)}</a>`).join(' | ');
  return `<!DOCTYPE html>\n<html lang="${model.locale}">\n<head>\n${head(model, ARTICLE_CSS)}\n</head>\n<body>\n<article>\n<h1>${escapeHtml(model.heading)}</h1>\n${model.blocks.map((b) => modernBlock(b, model)).join('\n')}\n</article>\n<nav>${menu}</nav>\n${model.hiddenHtml}<address>${model.footerHtml}</address>\n</body>\n</html>\n`;
}

/** The old way: the start page only names two frames, the menu lives in one of them. */
export function frameset(model: PageModel, menuPath: string, mainPath: string): string {
  return `<HTML LANG="${model.locale}"><HEAD>${model.metaCharset ? `<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=${model.metaCharset}">` : ''}<TITLE>${escapeHtml(model.companyName)}</TITLE></HEAD>\n<FRAMESET COLS="200,*" BORDER="0"><FRAME SRC="${menuPath}" NAME="menu"><FRAME SRC="${mainPath}" NAME="main"><NOFRAMES><BODY>${escapeHtml(model.description)}</BODY></NOFRAMES></FRAMESET>\n</HTML>\n`;
}

export function frameMenu(model: PageModel): string {
  return `<HTML><HEAD>${model.metaCharset ? `<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=${model.metaCharset}">` : ''}<TITLE>menu</TITLE></HEAD><BODY BGCOLOR="#DDDDEE">${model.menu.map((m) => `<P><A HREF="${escapeHtml(m.href)}" TARGET="main">${escapeHtml(m.label)}</A></P>`).join('\n')}</BODY></HTML>\n`;
}

export function render(template: TemplateName, model: PageModel): string {
  switch (template) {
    case 'modern': return modern(model);
    case 'grid': return grid(model);
    case 'article': return article(model);
    case 'table': return table(model);
    case 'frames': return table({ ...model, menu: [] });
  }
}
