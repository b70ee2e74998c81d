import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** The project's folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export const readProjectFile = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Files below a folder of the project that end in one of `endings`; none where the folder is missing. */
export function filesBelow(folder: string, endings: readonly string[] = ['.ts', '.tsx', '.mjs']): string[] {
  let entries;
  try { entries = readdirSync(join(root, folder), { withFileTypes: true }); } catch { return []; }
  return entries.flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesBelow(path, endings);
    return endings.some((ending) => path.endsWith(ending)) ? [path] : [];
  });
}

export interface ImportEdge {
  /** File of the project that imports. */
  from: string;
  /** A file of the project, or the name of a package. */
  to: string;
  isOurs: boolean;
  /** Gone after compiling: nothing of the target runs. */
  isTypeOnly: boolean;
}

/** Everything a file imports: declarations, re-exports, `import()` and types written as `import('…')`. */
export function importsOf(from: string): ImportEdge[] {
  const source = ts.createSourceFile(from, readProjectFile(from), ts.ScriptTarget.Latest, true);
  const edges: ImportEdge[] = [];
  const add = (specifier: ts.Node | undefined, isTypeOnly: boolean): void => {
    if (!specifier || !ts.isStringLiteralLike(specifier)) return;
    const isOurs = specifier.text.startsWith('.');
    const [scopeOrName = '', name] = specifier.text.split('/');
    edges.push({
      from, isOurs, isTypeOnly,
      to: isOurs ? posix.join(posix.dirname(from), specifier.text).replace(/\.js$/, '.ts') : scopeOrName.startsWith('@') ? `${scopeOrName}/${name ?? ''}` : scopeOrName,
    });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      const named = node.importClause?.namedBindings;
      const isEachType = node.importClause?.name === undefined && named !== undefined && ts.isNamedImports(named) && named.elements.length > 0 && named.elements.every((element) => element.isTypeOnly);
      add(node.moduleSpecifier, node.importClause?.isTypeOnly === true || isEachType);
    } else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return edges;
}

/** Whether a file exports something as `default`, in any spelling. */
export function hasDefaultExport(file: string): boolean {
  const source = ts.createSourceFile(file, readProjectFile(file), ts.ScriptTarget.Latest, true);
  return source.statements.some((statement) => {
    if (ts.isExportAssignment(statement)) return true;
    if (ts.isExportDeclaration(statement)) return statement.exportClause !== undefined && ts.isNamedExports(statement.exportClause) && statement.exportClause.elements.some((element) => element.name.text === 'default');
    return ts.canHaveModifiers(statement) && (ts.getModifiers(statement) ?? []).some((modifier) => modifier.kind === ts.SyntaxKind.DefaultKeyword);
  });
}
