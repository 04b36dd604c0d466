/**
 * A cell of a TypeScript notebook as the body of a JavaScript function.
 *
 * Names that a cell declares at its top are seen by the cells after it, and may
 * be declared again there, as in Deno's kernel: they become properties of the
 * global object. Lines stay where they were, so that errors name the right one.
 */
import {
  type AnyNode,
  type Identifier,
  type Literal,
  parse,
  type Pattern,
  type Program,
} from "acorn";
import { transform } from "sucrase";

/** What a cell becomes. */
export interface CellCode {
  /** The body of an async function that gives the cell's last value. */
  readonly body: string;
  /** Names that the cell declares. */
  readonly names: readonly string[];
}

/** Called in place of `import`: a name that the body's scope has. */
export const IMPORT = "__courseImport";

/**
 * Takes the types out of a cell and its declarations to where other cells see them.
 *
 * @throws {SyntaxError} No TypeScript.
 */
export function cellCode(source: string): CellCode {
  const { code } = transform(source, {
    transforms: ["typescript"],
    disableESTransforms: true,
    keepUnusedImports: true,
    preserveDynamicImport: true,
  });
  const program = parse(code, {
    ecmaVersion: "latest",
    sourceType: "module",
    allowAwaitOutsideFunction: true,
  });
  const edits: [from: number, to: number, text: string][] = [];
  const names: string[] = [];
  let hoisted = "";
  for (const node of program.body) {
    const text = (part: { start: number; end: number }) =>
      code.slice(part.start, part.end);
    if (node.type === "ImportDeclaration") {
      const module = `await ${IMPORT}(${text(node.source)})`;
      const values = node.specifiers.map((one) => {
        names.push(one.local.name);
        const from = one.type === "ImportNamespaceSpecifier"
          ? ""
          : one.type === "ImportDefaultSpecifier"
          ? ".default"
          : `[${JSON.stringify(exportedName(one.imported))}]`;
        return `${one.local.name} = $module${from};`;
      });
      const line = `{ const $module = ${module}; ${values.join(" ")} }`;
      edits.push([node.start, node.end, line]);
    } else if (node.type === "VariableDeclaration") {
      // The keyword goes; what stays are assignments, in brackets each.
      let at = node.start;
      for (const [i, { id, init, end }] of node.declarations.entries()) {
        names.push(...namesIn(id));
        edits.push([at, id.start, i === 0 ? ";(" : "), ("]);
        at = end; // brackets around the value lie before it
        if (!init) edits.push([id.end, id.end, " = undefined"]);
      }
      edits.push([at, node.end, ");"]);
    } else if (node.type === "FunctionDeclaration") {
      names.push(node.id.name);
      hoisted += `globalThis.${node.id.name} = ${node.id.name}; `;
    } else if (node.type === "ClassDeclaration") {
      names.push(node.id.name);
      edits.push([node.start, node.start, `;${node.id.name} = `]);
      edits.push([node.end, node.end, ";"]);
    }
  }
  const last = program.body.at(-1);
  if (last?.type === "ExpressionStatement") {
    edits.push([last.start, last.start, ";return ("]);
    const end = last.end - (code[last.end - 1] === ";" ? 1 : 0);
    edits.push([end, last.end, ");"]);
  }
  for (const start of dynamicImports(program)) {
    edits.push([start, start + "import".length, IMPORT]);
  }
  edits.sort(([a, b], [c, d]) => a - c || b - d);
  let body = `"use strict"; ${hoisted}`, at = 0;
  for (const [from, to, text] of edits) {
    body += code.slice(at, from) + text;
    at = to;
  }
  return { body: body + code.slice(at), names };
}

const exportedName = (node: Identifier | Literal) =>
  node.type === "Identifier" ? node.name : String(node.value);

/** The names that a pattern declares. */
function namesIn(pattern: Pattern): string[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern.name];
    case "ObjectPattern":
      return pattern.properties.flatMap((part) =>
        namesIn(part.type === "RestElement" ? part.argument : part.value)
      );
    case "ArrayPattern":
      return pattern.elements.flatMap((part) => part ? namesIn(part) : []);
    case "RestElement":
      return namesIn(pattern.argument);
    case "AssignmentPattern":
      return namesIn(pattern.left);
    default:
      return [];
  }
}

/** Where each `import(...)` begins. */
function* dynamicImports(node: AnyNode | Program): Generator<number> {
  if (node.type === "ImportExpression") yield node.start;
  for (const value of Object.values(node)) {
    for (const part of Array.isArray(value) ? value : [value]) {
      if (typeof part?.type === "string") yield* dynamicImports(part);
    }
  }
}
