import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../sandbox/index.js';
import { SETTING_NAMES } from '../../src/config.js';
import { testFolder } from '../support/servers.js';
import { openSandbox, sandboxSettings } from '../support/test-app.js';

let sandbox: Sandbox;
let folder: string;
beforeAll(async () => {
  sandbox = await openSandbox();
  folder = testFolder('validate');
});
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

/** One of the programs behind `npm run`, to its end. */
async function run(program: string, args: string[], input = ''): Promise<{ code: number | null; out: string; err: string }> {
  const outside = Object.fromEntries(Object.entries(process.env).filter(([name]) => !(SETTING_NAMES as string[]).includes(name)));
  const child = spawn(process.execPath, [fileURLToPath(new URL(`../../dist/scripts/${program}.js`, import.meta.url)), ...args], { env: { ...outside, ...sandboxSettings(sandbox), DATA_DIR: join(folder, 'data'), INIT_CWD: folder } });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => { out += chunk.toString(); });
  child.stderr.on('data', (chunk: Buffer) => { err += chunk.toString(); });
  child.stdin.end(input);
  return await new Promise((done) => { child.once('close', (code) => { done({ code, out, err }); }); });
}

describe('npm run validate', () => {
  it('gives each line of a list its verdict, in its order, as CSV that no spreadsheet runs', async () => {
    const { apiKey } = JSON.parse((await run('create-user', ['--email', 'ada@users.example', '--password', 'a long enough pass phrase'])).out) as { apiKey: string };
    const mail = sandbox.sites.flatMap((site) => site.emails)[0]?.address ?? 'nobody';
    const lines = [mail, 'no address', '=HYPERLINK("http://evil.example")', 'info@no-such-domain-here.com', mail];
    writeFileSync(join(folder, 'list.txt'), `\uFEFF${lines.join('\r\n')}\r\n\r\n`);
    const { code, out, err } = await run('validate', ['list.txt', '--key', apiKey]);
    expect([code, err]).toEqual([0, '']);
    const rows = out.trimEnd().split('\r\n');
    expect(rows[0]).toBe('email,status,score,kind,suggestion,reasons');
    expect(rows.slice(1).map((row) => row.split(',').slice(0, 2).join(' '))).toEqual([`${mail} VALID`, 'no address INVALID', expect.stringMatching(/^"?'=HYPERLINK\(.*INVALID$/) as string, 'info@no-such-domain-here.com INVALID', `${mail} VALID`]);
    expect(rows[2]).toContain('syntax');
    // The same from standard input; and what cannot be done says why.
    expect((await run('validate', ['-', '--key', apiKey], lines.join('\n'))).out).toBe(out);
    expect(await run('validate', ['absent.txt', '--key', apiKey])).toMatchObject({ code: 1, out: '', err: expect.stringContaining('absent.txt cannot be read') as string });
    expect(await run('validate', ['list.txt', '--key', 'll_wrong'])).toMatchObject({ code: 1, out: '', err: expect.stringContaining('This API key is not valid') as string });
    expect(await run('validate', [])).toMatchObject({ code: 1, err: expect.stringContaining('Usage') as string });
  });
});
