/** Which checks a notebook's cells call, and with what. */
import ts from "typescript";
import { type Notebook, NotebookError } from "../notebook/notebook.ts";

/** A call of a check, as far as its cases depend on it. */
export interface CheckCall {
  readonly check: string;
  /** Undefined where it is not told, or each student has another. */
  readonly seed?: number;
  readonly features?: readonly string[];
}

/**
 * The calls of checks in a notebook's code.
 *
 * @param checks Names of those that are looked for.
 * @throws {NotebookError} Features that are not written down as a list of texts.
 */
export function checkCalls(
  { cells }: Notebook,
  checks: ReadonlySet<string>,
): CheckCall[] {
  return cells.filter(({ type }) => type === "code").flatMap(({ source }) => {
    const file = ts.createSourceFile(
      "cell.ts",
      source,
      ts.ScriptTarget.ES2022,
      true,
    );
    const calls: CheckCall[] = [];
    const constants = new Map<string, ts.Expression>();
    const visit = (node: ts.Node): void => {
      if (ts.isVariableDeclaration(node) && node.initializer) {
        constants.set(node.name.getText(), node.initializer);
      }
      if (ts.isCallExpression(node)) {
        const check = node.expression.getText().split(".").at(-1)!;
        if (checks.has(check)) calls.push(callOf(check, node, constants));
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
    return calls;
  });
}

function callOf(
  check: string,
  { arguments: [, given] }: ts.CallExpression,
  constants: ReadonlyMap<string, ts.Expression>,
): CheckCall {
  const option = (name: string) => optionOf(meant(given, constants), name);
  const seed = meant(option("seed"), constants);
  const told = option("features");
  const list = meant(told, constants);
  if (told && !(list && ts.isArrayLiteralExpression(list))) refuse(check, told);
  return {
    check,
    ...(seed && ts.isNumericLiteral(seed) && { seed: Number(seed.text) }),
    ...(list && ts.isArrayLiteralExpression(list) && {
      features: list.elements.map((one) =>
        ts.isStringLiteralLike(one) ? one.text : refuse(check, one)
      ),
    }),
  };
}

function refuse(check: string, found: ts.Node): never {
  throw new NotebookError(
    `release expects the features of ${check}() as a list of texts in the check cell but found ${found.getText()}: write such as features: ["padding"]`,
  );
}

/** What an expression stands for: `as const` and constants of the cell looked through. */
function meant(
  node: ts.Expression | undefined,
  constants: ReadonlyMap<string, ts.Expression>,
): ts.Expression | undefined {
  if (node === undefined) return;
  if (
    ts.isAsExpression(node) || ts.isParenthesizedExpression(node) ||
    ts.isSatisfiesExpression(node)
  ) return meant(node.expression, constants);
  const constant = ts.isIdentifier(node) && constants.get(node.text);
  return constant ? meant(constant, new Map()) : node;
}

function optionOf(
  options: ts.Expression | undefined,
  name: string,
): ts.Expression | undefined {
  if (!options || !ts.isObjectLiteralExpression(options)) return;
  for (const property of options.properties) {
    if (property.name?.getText() !== name) continue;
    if (ts.isPropertyAssignment(property)) return property.initializer;
    if (ts.isShorthandPropertyAssignment(property)) return property.name;
  }
}
