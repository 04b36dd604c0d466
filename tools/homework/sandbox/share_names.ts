/** Rewrites a cell's top-level declarations to assignments to shared names. */
import ts from "typescript";

/** A cell ready to stand in a program. */
export interface CellCode {
  /** Statements that may await. */
  readonly code: string;
  /** Names that the cell declares at its top level. */
  readonly names: readonly string[];
}

/** Rewrites declarations at the top level to assignments. */
export function shareNames(javascript: string): CellCode {
  const file = ts.createSourceFile(
    "cell.js",
    javascript,
    ts.ScriptTarget.ESNext,
    false,
    ts.ScriptKind.JS,
  );
  const names = new Set<string>();
  const imports: string[] = []; // as in a module, imports and functions come first
  const functions: string[] = [];
  const rest: string[] = [];
  for (const statement of file.statements) {
    if (ts.isImportDeclaration(statement)) {
      imports.push(rewriteImport(statement, file, names));
    } else if (ts.isFunctionDeclaration(statement) && statement.name) {
      functions.push(rewriteNamed(statement, statement.name, file, names));
    } else rest.push(rewriteStatement(statement, file, names));
  }
  const code = [...imports, ...functions, ...rest].filter((s) => s !== "");
  return { code: code.join("\n"), names: [...names] };
}

function rewriteStatement(
  statement: ts.Statement,
  file: ts.SourceFile,
  names: Set<string>,
): string {
  if (ts.isVariableStatement(statement)) {
    return rewriteVariables(statement, file, names);
  }
  if (ts.isClassDeclaration(statement) && statement.name) {
    return rewriteNamed(statement, statement.name, file, names);
  }
  if (ts.isExportDeclaration(statement)) return "";
  if (ts.isExportAssignment(statement)) {
    return `(${statement.expression.getText(file)});`;
  }
  if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) {
    return ""; // export default of something without a name
  }
  return statement.getText(file);
}

/** `function f() {}` -> `f = function f() {};` and the same for a class. */
function rewriteNamed(
  statement: ts.FunctionDeclaration | ts.ClassDeclaration,
  name: ts.Identifier,
  file: ts.SourceFile,
  names: Set<string>,
): string {
  names.add(name.text);
  const exported = (statement.modifiers ?? []).filter((m) =>
    m.kind === ts.SyntaxKind.ExportKeyword ||
    m.kind === ts.SyntaxKind.DefaultKeyword
  );
  const start = exported.length === 0
    ? statement.getStart(file)
    : exported[exported.length - 1].end;
  return `${name.text} = ${file.text.slice(start, statement.end).trim()};`;
}

function rewriteVariables(
  statement: ts.VariableStatement,
  file: ts.SourceFile,
  names: Set<string>,
): string {
  const list = statement.declarationList;
  const using = (list.flags & ts.NodeFlags.Using) === ts.NodeFlags.Using;
  if (using) return statement.getText(file);
  return list.declarations.map((declaration) => {
    addNames(declaration.name, names);
    const target = declaration.name.getText(file);
    const value = declaration.initializer?.getText(file);
    if (value !== undefined) {
      return ts.isIdentifier(declaration.name)
        ? `${target} = ${value};`
        : `(${target} = ${value});`;
    }
    return (list.flags & ts.NodeFlags.Let) !== 0 ? `${target} = void 0;` : "";
  }).join(" ");
}

function addNames(name: ts.BindingName, names: Set<string>): void {
  if (ts.isIdentifier(name)) {
    names.add(name.text);
    return;
  }
  for (const element of name.elements) {
    if (ts.isBindingElement(element)) addNames(element.name, names);
  }
}

/** `import { a as b } from "m"` -> `({ a: b } = await import("m"));`. */
function rewriteImport(
  statement: ts.ImportDeclaration,
  file: ts.SourceFile,
  names: Set<string>,
): string {
  const attributes = statement.attributes
    ? `, { with: { ${
      statement.attributes.elements.map((e) => e.getText(file)).join(", ")
    } } }`
    : "";
  const load = `await import(${
    statement.moduleSpecifier.getText(file)
  }${attributes})`;
  const clause = statement.importClause;
  if (!clause) return `${load};`;
  const parts: string[] = [];
  const lines: string[] = [];
  if (clause.name) {
    names.add(clause.name.text);
    parts.push(`default: ${clause.name.text}`);
  }
  const bindings = clause.namedBindings;
  if (bindings && ts.isNamespaceImport(bindings)) {
    names.add(bindings.name.text);
    lines.push(`${bindings.name.text} = ${load};`);
  }
  if (bindings && ts.isNamedImports(bindings)) {
    for (const element of bindings.elements) {
      names.add(element.name.text);
      const imported = (element.propertyName ?? element.name).getText(file);
      parts.push(`${imported}: ${element.name.text}`);
    }
  }
  if (parts.length > 0) lines.push(`({ ${parts.join(", ")} } = ${load});`);
  return lines.join("\n");
}
