import { type GoalReading } from './goal-reading.js';

/** JSON Schema as far as structured outputs allow it. */
export interface Schema {
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  $ref?: string;
  $defs?: Record<string, Schema>;
  definitions?: Record<string, Schema>;
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  multipleOf?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
}

const MAX_LEVELS = 10;
const MAX_PROPERTIES = 5000;
const NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** The first rule of strict structured outputs a schema breaks, or null. Limits as of §9.2 of the wire notes. */
export function strictSchemaProblem(root: Schema, name: unknown): string | null {
  if (typeof name !== 'string' || !NAME.test(name)) return "Invalid 'response_format.json_schema.name': string does not match pattern '^[a-zA-Z0-9_-]+$'.";
  if (root.type !== 'object' || root.anyOf) return "schema must be a JSON Schema of 'type: \"object\"'";
  let properties = 0;
  const walk = (schema: Schema, path: string, level: number): string | null => {
    if (level > MAX_LEVELS) return `In context=${path}, more than ${MAX_LEVELS} levels of nesting`;
    for (const banned of ['allOf', 'not', 'if', 'then', 'else', 'dependentRequired', 'dependentSchemas', 'patternProperties']) if (banned in schema) return `In context=${path}, '${banned}' is not permitted`;
    if (schema.properties) {
      const names = Object.keys(schema.properties);
      properties += names.length;
      if (properties > MAX_PROPERTIES) return `more than ${MAX_PROPERTIES} properties`;
      if (schema.additionalProperties !== false) return `In context=${path}, 'additionalProperties' is required to be supplied and to be false`;
      const missing = names.find((key) => !schema.required?.includes(key));
      if (missing !== undefined) return `In context=${path}, 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'`;
    }
    const children: [string, Schema][] = [
      ...Object.entries(schema.properties ?? {}), ...Object.entries(schema.$defs ?? {}), ...Object.entries(schema.definitions ?? {}),
      ...(schema.anyOf ?? []).map((child, i): [string, Schema] => [`anyOf.${i}`, child]), ...(schema.items ? [['items', schema.items] as [string, Schema]] : []),
    ];
    for (const [key, child] of children) {
      const problem = walk(child, `${path}.${key}`, schema.properties ? level + 1 : level);
      if (problem) return problem;
    }
    return null;
  };
  return walk(root, '()', 1);
}

type Entity = GoalReading['entities'][number];

interface Position {
  /** Property names from the root, nearest last. */
  path: string[];
  /** The list value this object stands for, when it is an item of a list. */
  item: string | null;
  entity: Entity | null;
  depth: number;
}

const SENTENCE_NAMES = /(rationale|reason|explanation|summary|why|description|answer|message|text|note|comment|response|analysis)$/;

/** Walks a schema and fills it with what the goal says; where a name tells nothing, with the smallest value that fits. */
export class SchemaAnswerer {
  /** @param grounded what every free sentence of the answer says instead, where the prompt brought evidence */
  constructor(private readonly root: Schema, private readonly goal: GoalReading, private readonly grounded: string | null = null) {}

  answer(): unknown {
    return this.value(this.root, { path: [], item: null, entity: null, depth: 0 });
  }

  private value(schema: Schema, at: Position): unknown {
    if (at.depth > 40) return null;
    const down = { ...at, depth: at.depth + 1 };
    if (schema.$ref !== undefined) return this.value(this.resolve(schema.$ref), down);
    if ('const' in schema) return schema.const;
    if (schema.enum) return this.choose(schema.enum, at);
    const union = schema.anyOf ?? schema.oneOf;
    if (union) {
      const options = union.filter((option) => option.type !== 'null');
      const nullable = options.length < union.length;
      if (nullable && !this.known(at)) return null;
      return this.value(options[0] ?? { type: 'null' }, down);
    }
    if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => this.value(part, down) as object)) as unknown;
    const types = Array.isArray(schema.type) ? schema.type : [schema.type ?? (schema.properties ? 'object' : schema.items ? 'array' : 'string')];
    if (types.includes('null') && (types.length === 1 || !this.known(at))) return null;
    switch (types.find((type) => type !== 'null')) {
      case 'object': return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([key, child]) => [key, this.value(child, { ...down, path: [...at.path, key] })]));
      case 'array': return this.list(schema, at);
      case 'integer': return this.number(schema, at, true);
      case 'number': return this.number(schema, at, false);
      case 'boolean': return /^(is)?(safe|valid|relevant|match|found|ok)/.test(this.name(at)) && !this.goal.unsafe;
      default: return this.string(schema, at);
    }
  }

  private list(schema: Schema, at: Position): unknown[] {
    const items = schema.items ? this.deref(schema.items) : { type: 'string' };
    const most = schema.maxItems ?? 10;
    const least = schema.minItems ?? 0;
    const isEntityList = items.properties !== undefined && ('start' in items.properties || /entit/.test(this.name(at)));
    const sources: { item: string | null; entity: Entity | null }[] = isEntityList
      ? this.goal.entities.map((entity) => ({ item: entity.value, entity }))
      : this.listFor(this.name(at)).map((item) => ({ item, entity: null }));
    while (sources.length < least) sources.push({ item: this.goal.keywords[sources.length] ?? this.goal.industries[0] ?? `item ${sources.length + 1}`, entity: null });
    return sources.slice(0, most).map((source) => this.value(items, { path: at.path, ...source, depth: at.depth + 1 }));
  }

  /** Values for a list (or a single field) of this name. */
  private listFor(name: string): string[] {
    const { goal } = this;
    if (/industr|sector|vertical|niche|business(es)?type/.test(name)) return goal.industries;
    if (/locat|place|cit(y|ies)$|region|countr|geo|area/.test(name)) return goal.locations;
    if (/role|title|position|persona|contactperson/.test(name)) return goal.roles;
    if (/exclu|negative|avoid/.test(name)) return goal.exclusions;
    if (/quer|search/.test(name)) return goal.queries;
    if (/synonym|keyword|term|topic|criteria|require|feature|tag$/.test(name) && !/osm/.test(name)) return goal.keywords;
    if (/compan(y|ies)$/.test(name)) return goal.url ? [goal.url] : [];
    return [];
  }

  private known(at: Position): boolean {
    const name = this.name(at);
    if (at.item !== null && /^(name|value|text|query|title|label|keyword|term|start|end)$/.test(name)) return true;
    if (/count|target|limit|number|quantity/.test(name)) return this.goal.count !== null;
    if (SENTENCE_NAMES.test(name)) return true;
    return this.listFor(name).length > 0;
  }

  private string(schema: Schema, at: Position): string {
    const name = this.name(at);
    const { goal } = this;
    let text: string;
    if (schema.format === 'date') text = '2026-01-06';
    else if (schema.format === 'date-time') text = '2026-01-06T09:00:00Z';
    else if (/countrycode$|^iso/.test(name)) text = 'US';
    else if (/lang/.test(name)) text = 'en';
    else if (/^code$|naics|^id$/.test(name)) text = '';
    else if (at.entity && name === 'text') text = at.entity.text;
    else if (at.item !== null && /^(name|value|text|query|q|title|label|keyword|term|industry|location|role)$/.test(name)) text = at.item;
    else if (at.item !== null && at.path.length > 0 && !SENTENCE_NAMES.test(name) && this.listFor(name).includes(at.item)) text = at.item;
    else if (SENTENCE_NAMES.test(name)) text = this.sentence();
    else text = this.listFor(name)[0] ?? at.item ?? goal.industries[0] ?? 'unknown';
    if (schema.maxLength !== undefined) text = text.slice(0, schema.maxLength);
    if (schema.minLength !== undefined) text = text.padEnd(schema.minLength, '.');
    return schema.pattern !== undefined && !this.fits(text, schema.pattern) ? this.fitting(schema.pattern, text) : text;
  }

  private number(schema: Schema, at: Position, integer: boolean): number {
    const name = this.name(at);
    let value: number;
    if (at.entity && name === 'start') value = at.entity.start;
    else if (at.entity && name === 'end') value = at.entity.end;
    else if (/confid|prob|score|certain|relevance/.test(name)) value = (schema.maximum ?? 1) > 1 ? Math.round((schema.maximum ?? 100) * 0.86) : 0.86;
    else if (/count|target|limit|number|quantity|howmany/.test(name)) value = this.goal.count ?? 25;
    else value = schema.minimum ?? 0;
    if (schema.minimum !== undefined) value = Math.max(value, schema.minimum);
    if (schema.exclusiveMinimum !== undefined && value <= schema.exclusiveMinimum) value = schema.exclusiveMinimum + (integer ? 1 : 1e-6);
    if (schema.maximum !== undefined) value = Math.min(value, schema.maximum);
    if (schema.exclusiveMaximum !== undefined && value >= schema.exclusiveMaximum) value = schema.exclusiveMaximum - (integer ? 1 : 1e-6);
    if (schema.multipleOf !== undefined && schema.multipleOf > 0) value = Math.round(value / schema.multipleOf) * schema.multipleOf;
    return integer ? Math.round(value) : value;
  }

  /** The option of an enumeration that the goal speaks for; the first one when nothing does. */
  private choose(options: readonly unknown[], at: Position): unknown {
    const { goal } = this;
    const wanted: RegExp[] = [];
    if (at.entity) wanted.push(new RegExp(at.entity.kind.slice(0, 5), 'i'));
    else {
      if (goal.unsafe) wanted.push(/unsafe|abuse|refuse|harm/i);
      if (goal.url) wanted.push(/enrich|site|domain/i);
      if (goal.roles.length > 0 && goal.industries.length === 0) wanted.push(/people|person|contact/i);
      if (goal.industries.length > 0 || goal.locations.length > 0) wanted.push(/compan|business|lead|find/i);
      wanted.push(/^(other|unknown|none)/i);
    }
    for (const pattern of wanted) {
      const option = options.find((candidate) => typeof candidate === 'string' && pattern.test(candidate));
      if (option !== undefined) return option;
    }
    return options[0];
  }

  private sentence(): string {
    const { goal } = this;
    if (this.grounded !== null) return this.grounded;
    return `The goal asks for ${goal.count ?? 'several'} ${goal.industries.join(', ') || 'companies'}${goal.locations.length > 0 ? ` in ${goal.locations.join(', ')}` : ''}${goal.roles.length > 0 ? `, and for the ${goal.roles.join(', ')}` : ''}.`;
  }

  private fits(text: string, pattern: string): boolean {
    try {
      return new RegExp(pattern, 'u').test(text);
    } catch {
      return true;
    }
  }

  /** A few plain candidates against the pattern; a pattern that none of them fits gets the text unchanged. */
  private fitting(pattern: string, text: string): string {
    const slug = text.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
    return [slug, slug.replace(/-/g, '_'), text.toUpperCase(), 'US', 'en', 'en-US', '0', '1', '621210', '2026-01-06', 'a', 'A', 'amenity=dentist', 'http://example.com/', ''].find((candidate) => this.fits(candidate, pattern)) ?? text;
  }

  private name(at: Position): string {
    return (at.path.at(-1) ?? '').toLowerCase().replace(/[^a-z]/g, '');
  }

  private resolve(ref: string): Schema {
    if (ref === '#') return this.root;
    const [, group, name] = /^#\/(\$defs|definitions)\/([^/]{1,200})$/.exec(ref) ?? [];
    const found = group === '$defs' ? this.root.$defs?.[name ?? ''] : this.root.definitions?.[name ?? ''];
    if (!found) throw new RangeError(`unknown $ref ${ref}`);
    return found;
  }

  private deref(schema: Schema): Schema {
    return schema.$ref === undefined ? schema : this.deref(this.resolve(schema.$ref));
  }
}
