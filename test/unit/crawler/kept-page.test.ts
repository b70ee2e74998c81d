import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { pageDocument, readPageDocument } from '../../../src/services/crawler/page-document.js';
import { parsePage, type ParsedPage, type ParseRequest } from '../../../src/services/crawler/parse-page.js';
import { searchAddresses } from '../../../src/services/email/extract.js';

const url = 'https://www.firm.com/contact';
const words = 'We answer letters on every working day of the week, and calls until five in the afternoon.';
const page = (head = ''): string => `<!doctype html><html lang="en"><head><title>Contact</title>${head}</head><body><p>${words}</p><p>Write to office@firm.com</p></body></html>`;
const parse = (html: string, more: Partial<ParseRequest> = {}): Promise<ParsedPage> => parsePage({ source: { html }, url, withAddresses: true, ...more }, searchAddresses);

describe('the stored form of a page', () => {
  it('is made with the reading, under the address that was asked for, and only where it is wanted', async () => {
    const { html, reading, found, kept } = await parse(page(), { keep: { url: 'https://firm.com/contact', status: 203 } });
    expect(found.map(({ address }) => address)).toEqual(['office@firm.com']);
    const xml = gunzipSync(kept?.document.packed ?? new Uint8Array()).toString('utf8');
    expect(xml).toBe(pageDocument({ url: 'https://firm.com/contact', finalUrl: url, status: 203, html, reading }));
    expect(kept?.document.key).toBe(createHash('sha256').update(xml).digest('hex'));
    expect(kept?.print?.words).toBeGreaterThan(15);
    expect(await parse(page())).not.toHaveProperty('kept');
  });

  it('says what the header of the answer said as well, where the page does not know better', async () => {
    const keep = { url, status: 200 };
    const said = { robots: { noindex: false, nofollow: true }, canonical: 'https://www.firm.com/by-header' };
    const stored = async (head: string): Promise<ReturnType<typeof readPageDocument>> => readPageDocument(gunzipSync((await parse(page(head), { keep, said })).kept?.document.packed ?? new Uint8Array()).toString('utf8'));
    expect(await stored('')).toMatchObject({ robots: { noindex: false, nofollow: true }, canonical: 'https://www.firm.com/by-header' });
    expect(await stored('<meta name="robots" content="noindex"><link rel="canonical" href="/own">')).toMatchObject({ robots: { noindex: true, nofollow: true }, canonical: 'https://www.firm.com/own' });
  });
});
