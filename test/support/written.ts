import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { withClient } from './servers.js';

/** Every text, list and document column of every table that holds the text in any case, as `table.column`. */
export async function whereWritten(databaseUrl: string, text: string): Promise<string[]> {
  return await withClient(databaseUrl, async (sql) => {
    const { rows: columns } = await sql.query<{ table: string; column: string }>(`SELECT table_name AS table, column_name AS column FROM information_schema.columns
      WHERE table_schema IN ('public', 'bullmq') AND data_type IN ('text', 'jsonb', 'json', 'ARRAY', 'tsvector', 'character varying', 'USER-DEFINED')`);
    const found: string[] = [];
    for (const { table, column } of columns) {
      const schema = (await sql.query<{ schema: string }>('SELECT table_schema AS schema FROM information_schema.tables WHERE table_name = $1', [table])).rows[0]?.schema ?? 'public';
      const { rowCount } = await sql.query(`SELECT 1 FROM "${schema}"."${table}" WHERE "${column}"::text ILIKE $1 LIMIT 1`, [`%${text}%`]);
      if (rowCount) found.push(`${table}.${column}`);
    }
    return found;
  });
}

export const filesIn = (folder: string): string[] => existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)) : [];
