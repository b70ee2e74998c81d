/**
 * Leads as CSV (RFC 4180): byte-order mark for Excel, CRLF, a fixed column order, ISO 8601 times in UTC. Cells that a
 * spreadsheet would run as a formula are defused (OWASP, "CSV Injection"); phone numbers in E.164 stay as they are.
 */
import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify';
import { ExportPreset } from '../../entities/enums.js';
import { csvColumns, type LeadRow } from './csv-columns.js';

export { csvColumns, type LeadRow } from './csv-columns.js';

const PHONE_LIST = /^\+\d[\d ()-]{4,20}(?:; \+\d[\d ()-]{4,20}){0,20}$/;

/**
 * A cell that cannot run. Excel, Calc and Sheets start a formula at `=`, `+`, `-`, `@`, tab, carriage return, and at
 * their full-width forms; an apostrophe makes it text. Phone numbers that begin with `+` are no formula.
 */
export function safeCell(value: string): string {
  return /^\s{0,20}[=+\-@\t\r\n＝＋－＠]/.test(value) && !PHONE_LIST.test(value) ? `'${value}` : value;
}

/**
 * Streams rows as CSV; memory does not grow with their number. Errors of `rows` are errors of the stream, and
 * destroying the stream ends the iteration of `rows`.
 */
export function csvStream(rows: AsyncIterable<LeadRow>, preset: ExportPreset = ExportPreset.FULL): Readable {
  const columns = csvColumns(preset);
  async function* records(): AsyncGenerator<string[]> {
    for await (const row of rows) yield columns.map((column) => safeCell(column.value(row).replace(/\u0000/g, '')));
  }
  const source = Readable.from(records());
  const writer = stringify({ bom: true, header: true, columns: columns.map((column) => column.header), record_delimiter: 'windows' });
  source.on('error', (error) => writer.destroy(error));
  writer.on('close', () => source.destroy());
  return source.pipe(writer);
}
