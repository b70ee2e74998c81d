import { type Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { EmailKind, EmailStatus, ExportPreset, LeadStatus } from '../../../src/entities/enums.js';
import { csvColumns, csvStream, type LeadRow, safeCell } from '../../../src/services/leads/csv.js';
import { splitName } from '../../../src/services/leads/csv-columns.js';

function row(more: Partial<LeadRow> = {}): LeadRow {
  return {
    id: 'lead-1', companyName: 'Muster, "Rad" GmbH', domain: 'muster.example', website: 'https://muster.example/', description: null, industry: null, address: null, city: 'Köln', countryCode: 'DE',
    phones: ['+49 30 23125000', '+493023125001'], socialLinks: ['https://www.facebook.com/muster', 'https://www.linkedin.com/company/muster'], contactName: 'Dr. Erika van der Beispiel', contactTitle: 'Owner',
    primaryEmail: { address: 'info@muster.example', status: EmailStatus.VALID, kind: EmailKind.ROLE, proofUrl: 'https://muster.example/imprint' }, otherEmails: [], score: 80, fitScore: 50, reachScore: 30,
    reason: 'Says "bikes".', status: LeadStatus.NEW, tags: ['a', 'b'], proofUrls: { companyName: 'https://muster.example/about' }, createdAt: new Date('2026-03-01T10:00:00Z'), updatedAt: new Date('2026-03-02T10:00:00Z'), ...more,
  };
}

async function* rows(...list: LeadRow[]): AsyncGenerator<LeadRow> {
  yield* list;
}

async function read(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Buffer));
  return Buffer.concat(chunks).toString('utf8');
}

describe('CSV export', () => {
  it('begins with a byte-order mark, ends lines with CRLF and quotes what needs it', async () => {
    const csv = await read(csvStream(rows(row())));
    expect(csv.startsWith('\uFEFFlead_id,company,company_source,domain,')).toBe(true);
    expect(csv.split('\r\n')).toHaveLength(3);
    expect(csv.replaceAll('\r\n', '')).not.toContain('\n');
    expect(csv).toContain('"Muster, ""Rad"" GmbH",https://muster.example/about');
    expect(csv).toContain('2026-03-01T10:00:00.000Z');
    expect(csv).toContain('info@muster.example,VALID,ROLE,https://muster.example/imprint');
  });

  it('writes the header alone for no rows', async () => {
    expect((await read(csvStream(rows(), ExportPreset.SEQUENCER))).trim()).toBe('\uFEFFemail,first_name,last_name,company,title,website,linkedin_url,phone,city,country_code,lead_id,score,reason,email_source'.trim());
  });

  it('fills the columns that sequencers know', async () => {
    const line = (await read(csvStream(rows(row()), ExportPreset.SEQUENCER))).split('\r\n')[1];
    expect(line).toBe('info@muster.example,Erika,van der Beispiel,"Muster, ""Rad"" GmbH",Owner,https://muster.example/,https://www.linkedin.com/company/muster,+49 30 23125000,Köln,DE,lead-1,80,"Says ""bikes"".",https://muster.example/imprint');
  });

  it('has unique headers in every preset', () => {
    for (const preset of Object.values(ExportPreset)) {
      const headers = csvColumns(preset).map((column) => column.header);
      expect(new Set(headers).size).toBe(headers.length);
      expect(headers.length).toBeGreaterThan(5);
    }
  });

  it.each(['=1+1', '+cmd|x', '-2+3', '@SUM(A1)', '\t=1', ' =1', '＝1', '=1\nx', '+49=HYPERLINK("x")'])('defuses %j', (cell) => {
    expect(safeCell(cell)).toBe(`'${cell}`);
  });

  it.each(['+49 30 23125000', '+493023125000', '+1 (212) 555-0123', '+493023125000; +493023125001', 'Plain', '', '5 = 5'])('leaves %j alone', (cell) => {
    expect(safeCell(cell)).toBe(cell);
  });

  it('passes an error of the rows on to the reader', async () => {
    async function* broken(): AsyncGenerator<LeadRow> {
      yield row();
      throw new Error('the database went away');
    }
    await expect(read(csvStream(broken()))).rejects.toThrow('the database went away');
  });

  it('ends the query when the reader leaves', async () => {
    let ended = (): void => {};
    const closed = new Promise<void>((resolve) => { ended = resolve; });
    async function* endless(): AsyncGenerator<LeadRow> {
      try {
        for (;;) yield row();
      } finally {
        ended();
      }
    }
    const stream = csvStream(endless());
    for await (const _chunk of stream) break;
    await closed;
    expect(stream.destroyed).toBe(true);
  });
});

describe('splitName', () => {
  it.each([['Jane Roe', 'Jane', 'Roe'], ['Prof. Dr. Max Muster', 'Max', 'Muster'], ['Anna Maria de la Prueba', 'Anna Maria', 'de la Prueba'], ['Cher', 'Cher', ''], [null, '', '']])('splits %s', (name, first, last) => {
    expect(splitName(name)).toEqual({ first, last });
  });
});
