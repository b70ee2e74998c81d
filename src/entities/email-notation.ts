/** Apart from the other enums: threads that read pages need it, and would load the whole of GraphQL with them. */
export enum EmailNotation {
  MAILTO = 'MAILTO',
  TEXT = 'TEXT',
  ENTITY = 'ENTITY',
  DEOBFUSCATED = 'DEOBFUSCATED',
  CLOUDFLARE = 'CLOUDFLARE',
  SCRIPT = 'SCRIPT',
  STRUCTURED_DATA = 'STRUCTURED_DATA',
  ATTRIBUTE = 'ATTRIBUTE',
  RENDERED = 'RENDERED',
}
