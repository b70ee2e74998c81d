import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, isEnumType, isInterfaceType, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { readProjectFile, root } from '../support/source-tree.js';

/** The design's own checker; it lies beside the project and is no part of it. */
const checker = join(root, '..', 'shared', 'contract', 'check.mjs');
const notYet = JSON.parse(readProjectFile('test/contract/not-yet.json')) as string[];
const schema = buildSchema(readProjectFile('schema.graphql'), { assumeValidSDL: true });

/** Whether `type X`, `X.field` or `X.VALUE` is in the schema. */
function has(name: string): boolean {
  const [typeName = '', field] = name.replace(/^type /, '').split('.');
  const type = schema.getType(typeName);
  if (field === undefined) return type !== undefined;
  if (isEnumType(type)) return type.getValue(field) !== undefined;
  return (isObjectType(type) || isInterfaceType(type)) && type.getFields()[field] !== undefined;
}

describe('the contract', () => {
  // Beside a clone without ../shared there is nothing to compare with: vitest then counts this one as skipped.
  it.runIf(existsSync(checker))('lacks exactly what test/contract/not-yet.json says', () => {
    const run = spawnSync(process.execPath, [checker], { cwd: root, encoding: 'utf8' });
    const missing = run.stdout.split('\n').flatMap((line) => /^missing: (.+)$/.exec(line)?.[1] ?? []);
    expect(run.stdout).toMatch(/contract: \d+ of \d+ present/);
    expect(missing.sort()).toEqual([...notYet].sort());
  });

  it('lists nothing as missing that is there', () => {
    expect(notYet.filter(has)).toEqual([]);
  });

  it('lists each missing name once', () => {
    expect(new Set(notYet).size).toBe(notYet.length);
  });
});
