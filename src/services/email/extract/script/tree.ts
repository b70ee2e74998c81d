/** The part of ECMAScript that page scripts use to put an address together. */

export type Expression =
  | { type: 'literal'; value: string | number | boolean | null | undefined }
  | { type: 'template'; strings: string[]; parts: Expression[] }
  | { type: 'regex'; pattern: string; flags: string }
  | { type: 'name'; name: string }
  | { type: 'array'; items: Expression[] }
  | { type: 'object'; entries: { key: Expression; value: Expression }[] }
  | { type: 'function'; params: string[]; body: Statement[] }
  | { type: 'member'; object: Expression; property: Expression }
  | { type: 'call'; callee: Expression; args: Expression[]; construct: boolean }
  | { type: 'unary'; operator: string; operand: Expression }
  | { type: 'update'; target: Expression; by: number; prefix: boolean }
  | { type: 'binary'; operator: string; left: Expression; right: Expression }
  | { type: 'conditional'; test: Expression; yes: Expression; no: Expression }
  | { type: 'assign'; operator: string; target: Expression; value: Expression }
  | { type: 'sequence'; items: Expression[] }
  | { type: 'spread'; value: Expression };

export type Statement =
  | { type: 'expression'; expression: Expression }
  | { type: 'declare'; name: string; value: Expression | null }
  | { type: 'function'; name: string; value: Expression }
  | { type: 'return'; value: Expression | null }
  | { type: 'if'; test: Expression; yes: Statement; no: Statement | null }
  | { type: 'loop'; test: Expression | null; update: Expression | null; body: Statement; first: boolean }
  | { type: 'each'; name: string; of: boolean; list: Expression; body: Statement }
  | { type: 'switch'; subject: Expression; cases: { test: Expression | null; body: Statement[] }[] }
  | { type: 'block'; body: Statement[] }
  | { type: 'jump'; kind: 'break' | 'continue' };
