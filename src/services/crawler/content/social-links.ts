/** Links to the company's own profiles: not share buttons, not single posts, not the networks' own pages. */
import { factInMarkup } from './fact.js';
import { type ScannedLink } from './scan.js';
import { type FactSource, type PageFact } from '../page-reading.js';

/** Registrable name of the network -> what a profile path looks like there (first segments, without the slash). */
const NETWORKS: ReadonlyMap<string, RegExp> = new Map([
  ['facebook.com', /^(?:pages\/[^/]{1,100}\/\d{3,20}|groups\/[^/]{2,80}|people\/[^/]{1,100}\/\d{3,20}|pg\/[^/]{2,80}|p\/[^/]{2,80}|profile\.php|[\p{L}\d.\-_]{2,100})$/iu],
  ['instagram.com', /^[\w.]{2,30}$/],
  ['linkedin.com', /^(?:company|in|school|showcase|groups|pub)\/[^/]{1,120}(?:\/[0-9a-f]{1,4}){0,3}$/i],
  ['twitter.com', /^@?\w{1,20}$/],
  ['x.com', /^@?\w{1,20}$/],
  ['youtube.com', /^(?:@[\p{L}\d._-]{2,60}|(?:c|channel|user)\/[^/]{2,80}|[A-Za-z][\w.-]{3,60})$/u],
  ['tiktok.com', /^@[\w.]{2,30}$/],
  ['xing.com', /^(?:companies|pages|profile|company|net)\/[^/]{1,120}$/i],
  ['pinterest.com', /^[\w-]{2,40}$/],
  ['threads.net', /^@[\w.]{2,30}$/],
  ['threads.com', /^@[\w.]{2,30}$/],
  ['bsky.app', /^profile\/[^/]{3,120}$/],
  ['vimeo.com', /^[A-Za-z][\w-]{2,40}$/],
  ['github.com', /^[\w-]{1,39}$/],
  ['t.me', /^\w{4,40}$/],
  ['vk.com', /^[\w.]{2,40}$/],
  ['weibo.com', /^(?:u\/)?\w{2,40}$/],
  ['flickr.com', /^(?:photos|people)\/[^/]{2,60}$/],
  ['soundcloud.com', /^[\w-]{2,40}$/],
  ['kununu.com', /^[a-z]{2}\/[^/]{2,80}$/],
]);
/** First path segments that are functions of a network, not somebody's name. */
const FUNCTIONS: ReadonlySet<string> = new Set([
  'sharer', 'sharer.php', 'share', 'share.php', 'sharearticle', 'dialog', 'plugins', 'intent', 'home', 'login', 'login.php', 'signup', 'hashtag', 'search', 'explore', 'watch', 'embed', 'playlist', 'results',
  'feed', 'about', 'help', 'legal', 'privacy', 'policies', 'policy', 'terms', 'tos', 'settings', 'events', 'photo', 'photo.php', 'photos', 'story.php', 'permalink.php', 'reel', 'reels', 'p', 'stories', 'tv', 'status', 'i', 'widgets',
  'oauth', 'pin', 'shorts', 'live', 'sharing', 'cws', 'l.php', 'tr', 'ads', 'business', 'features', 'marketplace', 'notifications', 'messages', 'video', 'videos', 'media', 'hashtags', 'web', 'joinchat', 'iframe_api', 'data', 'full_data_use_policy', 'v', 'wix', 'wordpress', 'joomla', 'blog', 'player_api', 'yt', 'account', 'pricing', 'topics', 'gaming', 'premium', 'kids', 'static', 'images', 'docs', 'app', 'apps',
]);

/** A part of each of their hosts, and of any other spelling of one that a URL parser would make it of: most links have none. */
const MAY_LEAD_THERE = /facebook|fb\.|instagram|linkedin|twitter|x\.com|youtube|tiktok|xing|pinterest|threads|bsky|vimeo|github|t\.me|vk\.com|weibo|flickr|soundcloud|kununu|[^!-~]|[%\t\r\n]/i;

/** Absolute, canonical profile address, or null when the link leads anywhere else. */
export function profileUrl(raw: string): string | null {
  if (!MAY_LEAD_THERE.test(raw)) return null;
  if (!URL.canParse(raw)) return null;
  const url = new URL(raw);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  const host = url.hostname.toLowerCase();
  const pinterest = /(?:^|\.)pinterest\.[a-z.]{2,6}$/.test(host) ? 'pinterest.com' : null;
  const network = pinterest ?? (host === 'fb.com' || host === 'fb.me' || host === 'www.fb.com' ? 'facebook.com' : [...NETWORKS.keys()].find((name) => host === name || host.endsWith(`.${name}`)));
  if (network === undefined || /^(?:developers?|help|support|business|about|static|api|policies|docs|gist|maps|apps|player|embed|mail|graph|connect|blog|raw|accounts)\./.test(host)) return null;
  let path = url.pathname.replace(/\/{2,}/g, '/').replace(/^\/|\/$/g, '').replace(/^(?:#!\/)/, '');
  if (path === '' && /^#!\//.test(url.hash)) path = url.hash.slice(3).replace(/\/$/, '');
  // Tabs of a profile are the profile: /about, /posts, /videos behind it.
  path = path.replace(/\/(?:about|posts|videos|photos|timeline|featured|community|streams|playlists|mycompany|people|jobs|info|reviews|home|profilecard)(?:\/.{0,100})?$/i, '');
  const segments = path.split('/');
  const first = (segments[0] ?? '').toLowerCase();
  if (path === '' || FUNCTIONS.has(first) && !(network === 'facebook.com' && first === 'p' && segments.length > 1) && !(network === 'flickr.com' && first === 'photos')) return null;
  let decoded = path;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return null;
  }
  if (NETWORKS.get(network)?.test(decoded) !== true) return null;
  const id = network === 'facebook.com' && first === 'profile.php' ? url.searchParams.get('id') : null;
  if (first === 'profile.php' && (id === null || !/^\d{3,20}$/.test(id))) return null;
  return `https://${network === 'facebook.com' || network === 'linkedin.com' || network === 'instagram.com' || network === 'youtube.com' ? `www.${network}` : host}/${path}${id === null ? '' : `?id=${id}`}`;
}

const MAX_PROFILES = 20;

/** Profiles among the links of the page and those structured data names (`sameAs`). */
export function socialFacts(links: readonly ScannedLink[], marked: readonly { url: string; source: FactSource }[]): PageFact[] {
  const facts = new Map<string, PageFact>();
  for (const { url, source } of marked) {
    const profile = profileUrl(url);
    if (profile !== null && facts.size < MAX_PROFILES && !facts.has(profile.toLowerCase())) facts.set(profile.toLowerCase(), factInMarkup('socialLink', profile, 'sameAs', url, source));
  }
  for (const link of links) {
    if (link.kind === 'frame' || facts.size >= MAX_PROFILES) continue;
    const absolute = link.href.trim().replace(/^\/\//, 'https://');
    const profile = profileUrl(absolute);
    if (profile === null || facts.has(profile.toLowerCase())) continue;
    facts.set(profile.toLowerCase(), factInMarkup('socialLink', profile, link.text === '' ? 'link' : link.text, absolute, 'link'));
  }
  return [...facts.values()];
}
