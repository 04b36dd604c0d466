/**
 * The library as a student's code finds it: its functions can be refused while
 * an exercise asks to write them, and the checks, which know the answers, are
 * not in it.
 */
import { posix } from "node:path";
import ts from "typescript";

/** Rooms in which a file's name stands for every function in it. */
const families = /^lib\/(?:layers|networks|explain|measure)\/([^/]+)\.js$/;

/** Files that work for one other, which is named instead of them. */
const helpers: Readonly<Record<string, string>> = {
  "lib/layers/fast/convolution.js": "conv2d",
  "lib/layers/fast/depthwise.js": "conv2d",
  "lib/layers/fast/patches.js": "conv2d",
  "lib/networks/receptive.js": "describe",
};

/** What computes a whole network at once: refused with whatever is refused. */
const engine = "lib/engine/";

const forbidden = "tools/homework/sandbox/inside/forbidden.js";

/** "max_pool2d" -> "maxPool2d". */
function camelCase(name: string): string {
  return name.replaceAll(/_(\w)/g, (_, letter) => letter.toUpperCase());
}

/** The name under which a file is refused as a whole; "" where it is not. */
function familyOf(path: string): string {
  if (path.startsWith(engine)) return "*";
  return helpers[path] ?? camelCase(families.exec(path)?.[1] ?? "");
}

/** A file of the library whose exported functions ask before they begin. */
export function guarded(path: string, javascript: string): string {
  const file = ts.createSourceFile(path, javascript, ts.ScriptTarget.ES2022);
  const family = familyOf(path);
  const bodies = file.statements.flatMap((statement) =>
    isExported(statement) ? functionsOf(statement, file) : []
  );
  let text = javascript;
  for (const { name, start } of bodies.toReversed()) {
    const ask = `if ($forbidden.active) $forbidden.refuse(${
      JSON.stringify(name)
    }, ${JSON.stringify(family)});`;
    text = `${text.slice(0, start)}${ask}${text.slice(start)}`;
  }
  if (bodies.length === 0) return javascript;
  const from = posix.relative(posix.dirname(path), forbidden);
  return `import * as $forbidden from ${JSON.stringify(from)};\n${text}`;
}

function isExported(statement: ts.Statement): boolean {
  return ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement) ?? []).some(({ kind }) =>
      kind === ts.SyntaxKind.ExportKeyword
    );
}

/** Names of functions and where their bodies begin. */
function functionsOf(
  statement: ts.Statement,
  file: ts.SourceFile,
): { name: string; start: number }[] {
  if (ts.isFunctionDeclaration(statement)) {
    const { name, body } = statement;
    return name && body
      ? [{ name: name.text, start: body.getStart(file) + 1 }]
      : [];
  }
  if (!ts.isVariableStatement(statement)) return [];
  return statement.declarationList.declarations.flatMap((one) => {
    const { name, initializer } = one;
    const isFunction = initializer !== undefined &&
      (ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer));
    if (!isFunction || !ts.isIdentifier(name)) return [];
    if (!initializer.body || !ts.isBlock(initializer.body)) return [];
    return [{ name: name.text, start: initializer.body.getStart(file) + 1 }];
  });
}

const exercises = "lib/exercises/";

/**
 * The rooms' files without the checks: what is called check... does nothing, as
 * a check in a student's own cell may, and the files behind it are left out.
 *
 * @param files JavaScript by its path.
 */
export function withoutChecks(
  files: ReadonlyMap<string, string>,
): Map<string, string> {
  const door = `${exercises}mod.js`;
  const left = new Map(files);
  const lines = importsOf(files.get(door) ?? "").map(({ names, from }) => {
    const kept = names.filter((name) => !/^check[A-Z]/.test(name));
    const stubs = names.filter((name) => !kept.includes(name))
      .map((name) => `export const ${name} = async () => {};`);
    return [
      ...(kept.length > 0
        ? [`export { ${kept.join(", ")} } from "${from}";`]
        : []),
      ...stubs,
    ].join("\n");
  });
  left.set(door, lines.join("\n") + "\n");
  const needed = new Set<string>();
  const need = (path: string): void => {
    if (needed.has(path)) return;
    needed.add(path);
    for (const { from } of importsOf(left.get(path) ?? "")) {
      const next = posix.join(posix.dirname(path), from);
      if (next.startsWith(exercises)) need(next);
    }
  };
  for (const path of left.keys()) {
    if (!path.startsWith(exercises) || path === door) need(path);
  }
  for (const path of left.keys()) {
    if (path.startsWith(exercises) && !needed.has(path)) left.delete(path);
  }
  return left;
}

/** The relative modules that a file reads, with the names that it passes on. */
function importsOf(javascript: string): { names: string[]; from: string }[] {
  const file = ts.createSourceFile("m.js", javascript, ts.ScriptTarget.ES2022);
  return file.statements.flatMap((statement) => {
    if (
      !ts.isExportDeclaration(statement) && !ts.isImportDeclaration(statement)
    ) {
      return [];
    }
    const from = statement.moduleSpecifier;
    if (!from || !ts.isStringLiteral(from) || !from.text.startsWith(".")) {
      return [];
    }
    const clause = ts.isExportDeclaration(statement)
      ? statement.exportClause
      : undefined;
    const names = clause && ts.isNamedExports(clause)
      ? clause.elements.map(({ name }) => name.text)
      : [];
    return [{ names, from: from.text }];
  });
}
