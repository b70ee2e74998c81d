/** Whose address it is: the site's owner's, or a maker's, a platform's, an authority's named on the page. */
import { registrableDomain } from './domain.js';

/** Site builders, hosts, theme shops and services whose own addresses are printed on their customers' pages. */
const PLATFORMS = new Set([
  'wix.com', 'wixpress.com', 'squarespace.com', 'wordpress.com', 'wordpress.org', 'automattic.com', 'jimdo.com', 'jimdo.de', 'weebly.com', 'webflow.com', 'shopify.com', 'godaddy.com', 'ionos.de', 'ionos.com',
  '1und1.de', 'strato.de', 'hostinger.com', 'ovh.com', 'ovh.net', 'one.com', 'webnode.com', 'site123.com', 'duda.co', 'mailchimp.com', 'themeforest.net', 'envato.com', 'elegantthemes.com', 'colorlib.com', 'templatemonster.com',
  'html5up.net', 'bootstrapmade.com', 'google.com', 'facebook.com', 'fb.com', 'meta.com', 'instagram.com', 'twitter.com', 'x.com', 'linkedin.com', 'youtube.com', 'microsoft.com', 'apple.com', 'adobe.com', 'paypal.com', 'stripe.com',
  'klarna.com', 'klarna.de', 'sentry.io', 'cloudflare.com', 'hotjar.com', 'matomo.org', 'cookiebot.com', 'usercentrics.com', 'typo3.org', 'joomla.org', 'drupal.org', 'github.com', 'etracker.com', 'sendinblue.com', 'brevo.com', 'hubspot.com',
]);

/** Supervisory authorities and arbitration boards that privacy notices must name. */
const AUTHORITY = /(?:^|[.-])(?:datenschutz(?:zentrum|-hamburg|-berlin|-bayern|-mv)?|ldi|lda|baylda|bfdi|lfdi?|dsb|edoeb|cnil|aepd|garanteprivacy|gpdp|autoriteitpersoonsgegevens|autoriteprotectiondonnees|dataprotection|datatilsynet|imy|tietosuoja|uodo|uoou|naih|ip-rs|azop|cnpd|edpb|edps|ico|verbraucher-schlichter|schlichtungsstelle)(?:[.-]|$)/;

function nameOf(registrable: string): string {
  return (registrable.split('.')[0] ?? '').replace(/-/g, '');
}

/** Same organisation under another suffix (`firm.de`, `firm.com`) or a longer form of the same name. */
function sameHouse(one: string, other: string): boolean {
  const a = nameOf(one);
  const b = nameOf(other);
  return a === b || (a.length >= 5 && b.startsWith(a)) || (b.length >= 5 && a.startsWith(b));
}

/**
 * True when the address belongs to somebody else than the owner of `siteDomain` (a host or a registrable domain): named in a
 * credit, at a platform, or at a supervisory authority. Another domain alone proves nothing: firms use several, and
 * free providers.
 */
export function isThirdPartyAddress(address: string, inFooterCredit: boolean, siteDomain: string): boolean {
  const host = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
  const registrable = registrableDomain(host) ?? host;
  const site = registrableDomain(siteDomain.replace(/^[a-z]+:\/\//i, '').replace(/[/:?#].*$/s, '')) ?? siteDomain.toLowerCase();
  if (registrable === site) return false;
  if (PLATFORMS.has(registrable)) return true;
  if (sameHouse(registrable, site)) return false;
  if (inFooterCredit) return true;
  return AUTHORITY.test(host) || address.startsWith('poststelle@');
}
