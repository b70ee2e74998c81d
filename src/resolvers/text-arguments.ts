/** What holds for the arguments of every field: no text that cannot be stored, and errors that name arguments as the client wrote them. */
import { getNullableType, isInputObjectType, isListType, isObjectType, type GraphQLArgument, type GraphQLInputType, type GraphQLSchema } from 'graphql';
import { LeadlineError } from '../errors.js';

/** These only compute: they read text as it comes, broken pages and addresses included, and say what they find. */
const TAKES_ANY_TEXT: ReadonlySet<string> = new Set(['extractEmails', 'validateEmail', 'validateUrl']);

/** PostgreSQL keeps no U+0000 in text, and no lone surrogate is UTF-8 at all: stored, it would be another text than the one sent. */
const isBroken = (text: string): boolean => text.includes('\0') || /\p{Cs}/u.test(text);

/** Paths of the broken strings in one argument, such as `input.tags`. IDs are left to their services: a malformed one is not found. */
function brokenPaths(type: GraphQLInputType, value: unknown, path: string): string[] {
  const given = getNullableType(type);
  if (value === null || value === undefined) return [];
  if (isListType(given)) return [...new Set((value as unknown[]).flatMap((item) => brokenPaths(given.ofType, item, path)))];
  if (isInputObjectType(given)) return Object.values(given.getFields()).flatMap((field) => brokenPaths(field.type, (value as Record<string, unknown>)[field.name], `${path}.${field.name}`));
  return given.toString() === 'String' && typeof value === 'string' && isBroken(value) ? [path] : [];
}

/** A service names the field of the object it was handed; the client looks for it in its arguments: `search` becomes `filter.search`. */
function asTheClientWrote(error: unknown, known: readonly GraphQLArgument[]): unknown {
  if (!(error instanceof LeadlineError) || error.code !== 'BAD_USER_INPUT' || !Array.isArray(error.details['fields'])) return error;
  const fields = (error.details['fields'] as string[]).map((path) => {
    const [first = ''] = path.split('.');
    if (known.some((arg) => arg.name === first)) return path;
    const within = known.find((arg) => { const type = getNullableType(arg.type); return isInputObjectType(type) && first in type.getFields(); });
    return within ? `${within.name}.${path}` : path;
  });
  return new LeadlineError(error.code, error.message, { details: { ...error.details, fields }, retry: error.retry, cause: error });
}

/** One gate for every string argument of the API, so that no service meets text which cannot be stored. */
export function refuseBrokenText(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const { resolve, args: known } = field;
      if (!resolve || known.length === 0 || TAKES_ANY_TEXT.has(field.name)) continue;
      field.resolve = (source, args: Record<string, unknown>, context, info): unknown => {
        const fields = known.flatMap((arg) => brokenPaths(arg.type, args[arg.name], arg.name));
        if (fields.length > 0) throw new LeadlineError('BAD_USER_INPUT', `NUL and lone surrogates are no text: ${fields.join(', ')}.`, { details: { fields } });
        try {
          const answer: unknown = resolve(source, args, context, info);
          return answer instanceof Promise ? answer.catch((error: unknown) => { throw asTheClientWrote(error, known); }) : answer;
        } catch (error) {
          throw asTheClientWrote(error, known);
        }
      };
    }
  }
  return schema;
}
