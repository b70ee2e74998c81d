import { writeFileSync } from 'node:fs';
import { printedSchema } from '../src/resolvers/schema.js';

/** `npm run schema`: rewrites schema.graphql from the resolvers. */
const file = new URL('../../schema.graphql', import.meta.url);
writeFileSync(file, await printedSchema());
console.error('schema.graphql is up to date');
process.exit(0);
