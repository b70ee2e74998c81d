import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { buildSchema, Kind, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { loadConfig, SETTING_NAMES } from '../src/config.js';
import { ERROR_CODES } from '../src/errors.js';
import { printedSchema } from '../src/resolvers/schema.js';
import { MIGRATIONS } from '../migrations/index.js';
import { filesBelow, hasDefaultExport, importsOf, readProjectFile, root, type ImportEdge } from './support/source-tree.js';

const sources = ['src', 'migrations', 'sandbox', 'scripts', 'bench', 'test'].flatMap((folder) => filesBelow(folder));
const edges = sources.filter((file) => file.endsWith('.ts')).flatMap(importsOf);
const show = (edge: ImportEdge): string => `${edge.from} → ${edge.to}`;

/** The zones of ARCHITECTURE.md. */
function zoneOf(file: string): string {
  const service = /^src\/services\/([^/]+)\//.exec(file);
  if (service) return `services/${service[1]}`;
  if (file === 'src/app.ts' || file === 'src/main.ts') return 'top';
  if (file === 'src/server.ts' || file === 'src/sockets.ts') return 'server';
  if (/^src\/[^/]+\.ts$/.test(file)) return 'spine';
  return /^src\/([^/]+)\//.exec(file)?.[1] ?? file.split('/')[0] ?? '';
}

/** Zones that each zone may import besides itself. Services of the same kind as the importer count as itself. */
const ARROWS: Record<string, readonly string[]> = {
  entities: [],
  spine: ['entities'],
  services: ['entities', 'spine'],
  resolvers: ['entities', 'spine', 'services'],
  workers: ['entities', 'spine', 'services'],
  server: ['entities', 'spine', 'services', 'resolvers'],
  top: ['entities', 'spine', 'services', 'resolvers', 'workers', 'server'],
  migrations: [],
  sandbox: [],
  scripts: ['top', 'server', 'entities', 'spine', 'services', 'resolvers', 'workers', 'sandbox', 'migrations'],
  bench: ['top', 'server', 'entities', 'spine', 'services', 'resolvers', 'workers', 'sandbox', 'migrations', 'scripts'],
  test: ['top', 'server', 'entities', 'spine', 'services', 'resolvers', 'workers', 'sandbox', 'migrations', 'scripts', 'bench'],
};

function isAllowed({ from, to, isTypeOnly }: ImportEdge): boolean {
  const [source, target] = [zoneOf(from), zoneOf(to)];
  if (source === target) return true;
  // The list of migrations is read where the connection is made.
  if (from === 'src/data-source.ts' && target === 'migrations') return true;
  const [sourceKind = '', targetKind = ''] = [source.split('/')[0], target.split('/')[0]];
  // A service is handed another one; it never builds or reaches for it.
  if (sourceKind === 'services' && targetKind === 'services') return isTypeOnly;
  return ARROWS[sourceKind]?.includes(targetKind) ?? false;
}

describe('the arrows between folders', () => {
  it('point only where ARCHITECTURE.md lets them', () => {
    expect(edges.filter((edge) => edge.isOurs && !isAllowed(edge)).map(show)).toEqual([]);
  });

  it('lead to files that are there', () => {
    const lost = edges.filter((edge) => edge.isOurs && !existsSync(join(root, edge.to)) && !existsSync(join(root, edge.to.replace(/\.ts$/, '.d.ts'))));
    expect(lost.map(show)).toEqual([]);
  });

  it('are all read by this test: one of every kind is seen', () => {
    const kinds = new Set(edges.filter((edge) => edge.isOurs).map((edge) => `${zoneOf(edge.from).split('/')[0]} → ${zoneOf(edge.to).split('/')[0]}`));
    for (const kind of ['services → spine', 'services → services', 'resolvers → services', 'workers → services', 'top → server', 'scripts → sandbox']) expect(kinds).toContain(kind);
  });
});

describe('packages that speak to the outside', () => {
  const CONFINED = ['openai', 'playwright', 'passport', 'passport-oauth2', 'openid-client', 'bullmq', 'ioredis', 'undici', 'pg', 'nodemailer', 'express', 'ws', 'graphql-ws', '@apollo/server', 'rate-limiter-flexible', 'prom-client', 'jose', '@node-rs/argon2', 'pino', 'csv-stringify'];

  it.each(CONFINED)('%s is known to at most three files of src', (name) => {
    const files = new Set(edges.filter((edge) => edge.from.startsWith('src/') && edge.to === name).map((edge) => edge.from));
    // None at all means that this list is out of date.
    expect([...files].length, [...files].join(', ')).toBeGreaterThanOrEqual(1);
    expect([...files].length, [...files].join(', ')).toBeLessThanOrEqual(3);
  });

  it('are each declared and each used', () => {
    const { dependencies, devDependencies } = JSON.parse(readProjectFile('package.json')) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
    const imported = new Set(edges.filter((edge) => !edge.isOurs).map((edge) => edge.to));
    const text = sources.map(readProjectFile).join('\n');
    // Loaded by another package: TypeORM streams query results with it.
    const byOthers = new Set(['pg-query-stream']);
    const unused = Object.keys(dependencies).filter((name) => !imported.has(name) && !byOthers.has(name) && !text.includes(`'${name}`));
    expect(unused).toEqual([]);
    const undeclared = [...imported].filter((name) => !name.startsWith('node:') && !(name in dependencies) && !(name in devDependencies));
    // An optional dependency is loaded through a variable and never appears as an import.
    expect(undeclared).toEqual([]);
  });
});

describe('every file', () => {
  it('has at most 400 lines', () => {
    const long = sources.map((file) => ({ file, lines: readProjectFile(file).trimEnd().split('\n').length })).filter(({ lines }) => lines > 400);
    expect(long).toEqual([]);
  });

  it('has a name that says what is in it', () => {
    const vague = sources.filter((file) => [...dirname(file).split('/'), basename(file).split('.')[0] ?? ''].some((part) => /^(utils?|helpers?|common|misc|shared)$/i.test(part)));
    expect(vague).toEqual([]);
  });

  it('exports by name', () => {
    expect(sources.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && hasDefaultExport(file))).toEqual([]);
  });

  it('leaves the compiler and the linter switched on', () => {
    const silenced = new RegExp(['@ts' + '-(?:ignore|nocheck|expect-error)', 'eslint' + '-disable', '\\bas' + ' any\\b'].join('|'));
    expect(sources.filter((file) => silenced.test(readProjectFile(file)))).toEqual([]);
  });

  it('leaves reading the environment to the places where a process begins', () => {
    const readers = sources.filter((file) => file.startsWith('src/') || file.startsWith('sandbox/')).filter((file) => readProjectFile(file).includes('process.env'));
    // renderer.ts hands a few names, such as HOME, on to the browser it starts.
    expect(readers.filter((file) => !['src/main.ts', 'src/services/crawler/renderer.ts'].includes(file))).toEqual([]);
  });
});

describe('what is generated or listed twice', () => {
  it('schema.graphql is what the resolvers say', async () => {
    expect(readProjectFile('schema.graphql')).toBe(await printedSchema());
  });

  it('every migration is in the list, in order', () => {
    const files = filesBelow('migrations').filter((file) => basename(file) !== 'index.ts').map((file) => basename(file, '.ts').split('-')[0]).sort();
    expect(MIGRATIONS.map((migration) => /\d+$/.exec(migration.name)?.[0])).toEqual(files);
  });

  const example = [...readProjectFile('.env.example').matchAll(/^# ?([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, name = '', value = '']) => ({ name, value }));

  it('.env.example names every setting once and no other', () => {
    expect(example.map(({ name }) => name).sort()).toEqual([...SETTING_NAMES].sort());
  });

  it('.env.example shows the defaults that hold', () => {
    expect(loadConfig(Object.fromEntries(example.map(({ name, value }) => [name, value])))).toEqual(loadConfig({}));
  });

  it('docs/operations.md explains every setting', () => {
    const operations = readProjectFile('docs/operations.md');
    expect(SETTING_NAMES.filter((name) => !operations.includes(`\`${name}\``))).toEqual([]);
  });

  it('docs/errors.md has every code with its area, meaning and details, and no other', () => {
    const rows = [...readProjectFile('docs/errors.md').matchAll(/^\| (\w+) \| `([A-Z_]+)` \| (.+) \| ?(.*?) ?\|$/gm)].map(([, area = '', code = '', when = '', details = '']) => ({ area, code, when, details }));
    const wanted = Object.entries(ERROR_CODES).map(([code, { area, when, details }]) => ({ area, code, when, details: details.map((name) => `\`${name}\``).join(', ') }));
    expect(rows).toEqual(wanted);
  });

  it('every GraphQL example of the documents is valid', () => {
    const schema = buildSchema(readProjectFile('schema.graphql'));
    const examples = ['README.md', ...filesBelow('docs', ['.md'])].flatMap((file) => [...readProjectFile(file).matchAll(/```graphql\n([\s\S]*?)```/g)].map(([, text = '']) => ({ file, text })));
    // One block may show several operations without names, each of which a client would send by itself.
    const mistakes = examples.flatMap(({ file, text }) => parse(text).definitions.flatMap((definition) => validate(schema, { kind: Kind.DOCUMENT, definitions: [definition] })).map((error) => `${file}: ${error.message}`));
    expect(mistakes).toEqual([]);
    expect(examples.length).toBeGreaterThan(5);
  });

  it('links between the documents lead somewhere', () => {
    const documents = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'ATTRIBUTION.md', ...filesBelow('docs', ['.md'])];
    const links = documents.flatMap((file) => [...readProjectFile(file).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, target = '']) => ({ file, target })));
    expect(links.filter(({ file, target }) => !existsSync(join(root, dirname(file), target)))).toEqual([]);
    expect(links.length).toBeGreaterThan(0);
  });
});
