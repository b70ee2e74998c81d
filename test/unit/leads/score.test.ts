import { describe, expect, it } from 'vitest';
import { EmailKind, EmailStatus } from '../../../src/entities/enums.js';
import { type BuildEmail, type BuildGoal, type BuildPage, buildLead } from '../../../src/services/leads/build.js';
import { type LeadScore, scoreLead } from '../../../src/services/leads/score.js';
import { readPage } from '../../../src/services/crawler/read-page.js';

const NOW = new Date('2026-03-10T00:00:00Z');
const GOAL: BuildGoal = {
  industries: [{ name: 'Dentist', code: '621210', osmTags: ['amenity=dentist'], keywords: ['dental clinic', 'Zahnarzt'] }],
  locations: [{ name: 'Austin', region: 'Texas', countryCode: 'US', lat: 30.27, lon: -97.74 }], roles: ['office manager'], keywords: ['walk-ins', 'implants'], exclusions: ['franchise'],
};

function site(html: string, fetchedAt = new Date('2026-03-09T00:00:00Z')): BuildPage {
  const url = 'https://smile.example/';
  const reading = readPage(html, url);
  return { id: 'p', url, depth: 0, title: reading.title, description: reading.description, language: reading.language, contentHash: 'h', fetchedAt, facts: reading.facts, text: reading.text };
}

function mail(status: EmailStatus): BuildEmail {
  return { id: 'e', address: 'info@smile.example', kind: EmailKind.ROLE, status, thirdParty: false, personName: null, jobTitle: null, source: { pageUrl: 'https://smile.example/', pageId: 'p', snippet: 'info@smile.example', contentHash: 'h', foundAt: NOW } };
}

function score(html: string, emails: BuildEmail[] = [], goal: BuildGoal | null = GOAL, fetchedAt?: Date): LeadScore {
  const pages = [site(html, fetchedAt)];
  const draft = buildLead({ domain: 'smile.example', startUrl: 'https://smile.example/', pages, emails, goal });
  return scoreLead({ draft, emails, pages, goal, now: NOW });
}

const GOOD = '<title>Smile – dental clinic</title><p>Walk-ins welcome. We place implants.</p><p>12 Sample St, Austin, TX 78701</p><p>Phone: (512) 555-0123</p><p>Office Manager: Jane Roe</p><a href="https://www.linkedin.com/company/smile">in</a>';

describe('a score', () => {
  it('is the exact sum of its factors and of fit and reach, all whole numbers in their ranges', () => {
    const cases = [score(GOOD, [mail(EmailStatus.VALID)]), score('<p>nothing'), score(`${GOOD}<p>Own a franchise!`, [mail(EmailStatus.RISKY)]), score(GOOD, [], null), score(GOOD, [mail(EmailStatus.UNKNOWN)], { ...GOAL, industries: [], keywords: ['implants', 'bridges', 'veneers'] })];
    for (const result of cases) {
      expect(result.factors.reduce((sum, factor) => sum + factor.points, 0)).toBe(result.score);
      expect(result.fitScore + result.reachScore).toBe(result.score);
      expect(result.factors.every((factor) => Number.isInteger(factor.points) && !Object.is(factor.points, -0))).toBe(true);
      expect(result.fitScore).toBeGreaterThanOrEqual(0);
      expect(result.fitScore).toBeLessThanOrEqual(60);
      expect(result.reachScore).toBeLessThanOrEqual(40);
    }
    expect(cases[0]?.fitScore).toBe(60);
    expect(cases[0]?.reachScore).toBe(40);
    expect(cases[1]?.fitScore).toBe(0);
    expect(cases[3]?.fitScore).toBe(0);
  });

  it('says in each factor what was found and where', () => {
    const result = score(GOOD, [mail(EmailStatus.VALID)]);
    expect(result.factors.find((factor) => factor.name === 'industry')?.reason).toContain('"dental clinic" in the title of https://smile.example/');
    expect(result.factors.find((factor) => factor.name === 'keywords')?.reason).toContain('2 of 2 found: "');
    expect(result.factors.find((factor) => factor.name === 'role')?.reason).toContain('Office Manager');
    expect(result.reason).toMatch(/dental clinic.*Austin.*info@smile\.example/);
    expect(result.reason.match(/\.(?:\s|$)/g)).toHaveLength(1);
  });

  it('falls with each excluded word that is found, and never below zero', () => {
    const plain = score(GOOD);
    const excluded = score(`${GOOD}<p>A franchise of Smile.`);
    expect(excluded.fitScore).toBe(plain.fitScore - 20);
    expect(excluded.factors.find((factor) => factor.name === 'exclusion')).toMatchObject({ points: -20 });
    expect(score('<p>franchise').fitScore).toBe(0);
  });

  it('rates a valid address above a risky one above an unconfirmed one above none', () => {
    const of = (status: EmailStatus): number => score(GOOD, [mail(status)]).reachScore;
    const ordered = [of(EmailStatus.VALID), of(EmailStatus.RISKY), of(EmailStatus.UNKNOWN), score(GOOD).reachScore];
    expect(ordered).toEqual([...ordered].sort((one, other) => other - one));
    expect(new Set(ordered).size).toBe(4);
  });

  it('gives another town of the same country little and another country nothing', () => {
    const place = (html: string): number | undefined => score(html).factors.find((factor) => factor.name === 'location')?.points;
    const austin = place('<p>12 Sample St, Austin, TX 78701') ?? 0;
    const dallas = place('<p>12 Sample St, Dallas, TX 75201') ?? 0;
    expect(austin).toBeGreaterThan(dallas);
    expect(dallas).toBeGreaterThan(0);
    expect(place('<p>Musterstr. 5, D-12345 Austin-Musterstadt')).toBe(0);
  });

  it('finds plural, inflected and compound forms, and no word inside another', () => {
    const industry = (html: string): number => score(html).factors.find((factor) => factor.name === 'industry')?.points ?? -1;
    expect(industry('<p>Our dental clinics')).toBeGreaterThan(0);
    expect(industry('<p>Zahnarztpraxis am Markt')).toBeGreaterThan(0);
    expect(industry('<p>accidental clinical work')).toBe(0);
  });

  it('gives no points for pages that were read long ago', () => {
    const stale = score(GOOD, [], GOAL, new Date('2025-01-01T00:00:00Z'));
    expect(stale.factors.find((factor) => factor.name === 'freshness')?.points).toBe(0);
  });
});
