import { describe, expect, it } from 'vitest';
import { EmailKind, EmailStatus } from '../../../src/entities/enums.js';
import { type FactField, type FactSource, type PageFact } from '../../../src/services/crawler/page-reading.js';
import { type BuildEmail, type BuildInput, type BuildPage, buildLead } from '../../../src/services/leads/build.js';
import { readPage } from '../../../src/services/crawler/read-page.js';

const AT = new Date('2026-03-01T10:00:00Z');

function fact(field: FactField, value: string, source: FactSource, snippet = value): PageFact {
  return { field, value, snippet, start: snippet.indexOf(value), end: snippet.indexOf(value) + value.length, source };
}

function page(path: string, facts: PageFact[], more: Partial<BuildPage> = {}): BuildPage {
  return { id: `page:${path}`, url: `https://rad-werk.example/${path}`, depth: path === '' ? 0 : 1, title: null, description: null, language: 'en', contentHash: `hash:${path}`, fetchedAt: AT, facts, text: '', ...more };
}

function email(address: string, more: Partial<BuildEmail> = {}): BuildEmail {
  return { id: address, address, kind: EmailKind.ROLE, status: EmailStatus.VALID, thirdParty: false, personName: null, jobTitle: null, source: { pageUrl: 'https://rad-werk.example/', pageId: 'page:', snippet: `Write to ${address} now`, contentHash: 'hash:', foundAt: AT }, ...more };
}

function input(more: Partial<BuildInput>): BuildInput {
  return { domain: 'rad-werk.example', startUrl: 'https://rad-werk.example/', pages: [], emails: [], goal: null, ...more };
}

const NOBODY = { industries: [], locations: [], roles: [], keywords: [], exclusions: [] };

describe('the company name', () => {
  it('is the one the domain and several pages agree on, in its fullest spelling', () => {
    const lead = buildLead(input({ pages: [
      page('', [fact('companyName', 'Bikes for everybody', 'title'), fact('companyName', 'RAD WERK', 'heading')]),
      page('imprint', [fact('companyName', 'Rad Werk GmbH', 'text', 'Rad Werk GmbH, Musterstadt'), fact('companyName', 'Imprint service Ltd', 'text')]),
      page('shop', [fact('companyName', 'Rad Werk', 'title', 'Shop | Rad Werk')]),
    ] }));
    expect(lead.companyName).toBe('Rad Werk GmbH');
    expect(lead.evidence[0]).toMatchObject({ field: 'companyName', pageUrl: 'https://rad-werk.example/imprint', pageId: 'page:imprint', snippet: 'Rad Werk GmbH, Musterstadt', start: 0, end: 13, contentHash: 'hash:imprint' });
  });

  it('falls back to the domain, proved by the address of the start page', () => {
    const lead = buildLead(input({ pages: [page('', [])] }));
    expect(lead.companyName).toBe('rad-werk.example');
    expect(lead.evidence[0]).toMatchObject({ field: 'companyName', snippet: 'https://rad-werk.example/', start: 8, end: 24 });
  });
});

describe('the primary e-mail', () => {
  it('is valid before risky, of the own domain before others, and never somebody else\'s', () => {
    const emails = [
      email('agency@design.example', { thirdParty: true }), email('gone@rad-werk.example', { status: EmailStatus.INVALID }),
      email('info@rad-werk.example', { status: EmailStatus.RISKY }), email('radwerk@mail.example', { kind: EmailKind.FREE_PROVIDER }), email('datenschutz@rad-werk.example'), email('kontakt@rad-werk.example'),
    ];
    const choose = (list: BuildEmail[]): string | null => buildLead(input({ emails: list })).primaryEmailId;
    expect(choose(emails)).toBe('kontakt@rad-werk.example');
    expect(choose(emails.slice(0, 5))).toBe('datenschutz@rad-werk.example');
    expect(choose(emails.slice(0, 4))).toBe('radwerk@mail.example');
    expect(choose(emails.slice(0, 3))).toBe('info@rad-werk.example');
    expect(choose(emails.slice(0, 2))).toBeNull();
  });

  it('prefers the role that the goal wants, and names the person with the words that prove it', () => {
    const buyer = email('e.beispiel@rad-werk.example', { kind: EmailKind.PERSONAL, personName: 'Erika Beispiel', jobTitle: 'Head of Purchasing', source: { pageUrl: 'https://rad-werk.example/team', pageId: 'page:team', snippet: 'Erika Beispiel, Head of Purchasing: e.beispiel@rad-werk.example', contentHash: 'h', foundAt: AT } });
    const lead = buildLead(input({ emails: [email('info@rad-werk.example'), buyer], goal: { ...NOBODY, roles: ['head of purchasing'] } }));
    expect([lead.primaryEmailId, lead.contactName, lead.contactTitle]).toEqual([buyer.id, 'Erika Beispiel', 'Head of Purchasing']);
    expect(lead.evidence.find((entry) => entry.field === 'contactTitle')).toMatchObject({ start: 16, end: 34, pageUrl: 'https://rad-werk.example/team' });
  });

  it('does not take over a person whose name the snippet does not show', () => {
    const lead = buildLead(input({ emails: [email('info@rad-werk.example', { personName: 'Nobody Shown' })] }));
    expect(lead.contactName).toBeNull();
  });
});

describe('the other values', () => {
  it('put the number that most pages print first and keep one profile per network', () => {
    const main = fact('phone', '+493023125000', 'text', 'Tel. +493023125000');
    const lead = buildLead(input({ pages: [
      page('', [main, fact('socialLink', 'https://www.facebook.com/othershop', 'link'), fact('socialLink', 'https://www.facebook.com/radwerk', 'link')]),
      page('news', [fact('phone', '+493023125777', 'text'), main]), page('contact', [main]),
    ] }));
    expect(lead.phones).toEqual(['+493023125000', '+493023125777']);
    expect(lead.socialLinks).toEqual(['https://www.facebook.com/radwerk']);
  });

  it('take city and country from beside the chosen address', () => {
    const lead = buildLead(input({ pages: [page('contact', [
      fact('city', 'Hamburg', 'text', 'Event in 20095 Hamburg'), fact('address', 'Musterweg 1, 12345 Musterstadt', 'jsonld'), fact('city', 'Musterstadt', 'jsonld'), fact('countryCode', 'DE', 'jsonld', 'DE'),
    ])] }));
    expect([lead.address, lead.city, lead.countryCode]).toEqual(['Musterweg 1, 12345 Musterstadt', 'Musterstadt', 'DE']);
  });
});

describe('evidence', () => {
  it('stands behind every stored value of a lead built from real pages, with offsets inside its snippet', () => {
    const url = 'https://rad-werk.example/';
    const reading = readPage(`<title>Rad Werk – bikes</title><meta name="description" content="Rad Werk repairs bicycles in Musterstadt."><h1>Bike shop</h1><p>Rad Werk GmbH</p><p>Musterstr. 5</p><p>D-12345 Musterstadt</p>
      <p>Tel: +49 30 23125000</p><p>Owner: Erika Beispiel</p><a href="https://www.linkedin.com/company/rad-werk/">us</a>`, url);
    const goal = { ...NOBODY, industries: [{ name: 'Bicycle shop', code: null, osmTags: [], keywords: ['bike shop'] }] };
    const lead = buildLead(input({ pages: [page('', reading.facts, { title: reading.title, description: reading.description, text: reading.text })], emails: [email('info@rad-werk.example')], goal }));
    expect(lead).toMatchObject({ companyName: 'Rad Werk GmbH', industry: 'Bicycle shop', address: 'Musterstr. 5, D-12345 Musterstadt', city: 'Musterstadt', countryCode: 'DE', phones: ['+493023125000'], contactName: 'Erika Beispiel', contactTitle: 'Owner' });
    const stored: [string, string | null][] = [
      ['companyName', lead.companyName], ['website', lead.website], ['description', lead.description], ['industry', lead.industry], ['address', lead.address], ['city', lead.city], ['countryCode', lead.countryCode],
      ['contactName', lead.contactName], ['contactTitle', lead.contactTitle], ['email', 'info@rad-werk.example'], ...lead.phones.map((value): [string, string] => ['phones', value]), ...lead.socialLinks.map((value): [string, string] => ['socialLinks', value]),
    ];
    for (const [field, value] of stored) {
      const proof = lead.evidence.find((entry) => entry.field === field && entry.value === value);
      expect(proof, field).toBeDefined();
      expect(proof?.snippet.slice(proof.start, proof.end).length, field).toBeGreaterThan(0);
    }
    expect(lead.evidence).toHaveLength(stored.length);
  });

  it('is the same for the same input', () => {
    const one = input({ pages: [page('', [fact('companyName', 'A Co', 'title'), fact('companyName', 'B Co', 'title')])], emails: [email('b@rad-werk.example'), email('a@rad-werk.example')] });
    expect(buildLead(one)).toEqual(buildLead(one));
    expect(buildLead(one).primaryEmailId).toBe('a@rad-werk.example');
  });
});
