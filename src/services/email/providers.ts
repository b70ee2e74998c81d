/** Who runs a domain's mail, by the names of its exchangers. */

export interface MailProvider {
  name: string;
  /** Accepts recipients that do not exist and bounces later: asking it proves nothing. */
  opaque: boolean;
}

const PROVIDERS: readonly [suffix: string, provider: MailProvider][] = [
  ['mail.protection.outlook.com', { name: 'Microsoft 365', opaque: true }], ['mx.microsoft', { name: 'Microsoft 365', opaque: true }], ['olc.protection.outlook.com', { name: 'Outlook.com', opaque: true }], ['hotmail.com', { name: 'Outlook.com', opaque: true }],
  ['google.com', { name: 'Google', opaque: false }], ['googlemail.com', { name: 'Google', opaque: false }], ['yahoodns.net', { name: 'Yahoo', opaque: true }], ['icloud.com', { name: 'iCloud', opaque: false }],
  ['pphosted.com', { name: 'Proofpoint', opaque: true }], ['ppe-hosted.com', { name: 'Proofpoint', opaque: true }], ['mimecast.com', { name: 'Mimecast', opaque: true }], ['barracudanetworks.com', { name: 'Barracuda', opaque: true }],
  ['messagelabs.com', { name: 'Broadcom', opaque: true }], ['iphmx.com', { name: 'Cisco', opaque: true }], ['hornetsecurity.com', { name: 'Hornetsecurity', opaque: true }], ['zoho.com', { name: 'Zoho', opaque: false }], ['zoho.eu', { name: 'Zoho', opaque: false }],
  ['kundenserver.de', { name: 'IONOS', opaque: false }], ['rzone.de', { name: 'Strato', opaque: false }], ['ovh.net', { name: 'OVH', opaque: false }], ['secureserver.net', { name: 'GoDaddy', opaque: false }], ['one.com', { name: 'one.com', opaque: false }],
  ['gmx.net', { name: 'GMX', opaque: false }], ['web.de', { name: 'WEB.DE', opaque: false }], ['mail.ru', { name: 'Mail.ru', opaque: false }], ['yandex.net', { name: 'Yandex', opaque: false }], ['yandex.ru', { name: 'Yandex', opaque: false }],
  ['protonmail.ch', { name: 'Proton', opaque: false }], ['messagingengine.com', { name: 'Fastmail', opaque: false }], ['emailsrvr.com', { name: 'Rackspace', opaque: false }], ['mailgun.org', { name: 'Mailgun', opaque: false }], ['hostinger.com', { name: 'Hostinger', opaque: false }],
];

/** Null for a server of one's own, or one that is not known. `hosts` in lower case. */
export function mailProvider(hosts: readonly string[]): MailProvider | null {
  for (const host of hosts) {
    const found = PROVIDERS.find(([suffix]) => host === suffix || host.endsWith(`.${suffix}`));
    if (found) return found[1];
  }
  return null;
}
