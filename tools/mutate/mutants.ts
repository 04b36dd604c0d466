/** Where a source could be wrong by one operator: its mutants. */
import ts from "typescript";

/** One change of a source. */
export interface Mutant {
  /** Path below the tree, with "/". */
  readonly file: string;
  /** Line and column of the change, from 1. */
  readonly line: number;
  readonly column: number;
  /** Places in the text that `to` replaces. */
  readonly start: number;
  readonly end: number;
  readonly from: string;
  readonly to: string;
}

/** What stands in for an operator. */
const operators: ReadonlyMap<string, string> = new Map([
  ["+", "-"],
  ["-", "+"],
  ["*", "/"],
  ["/", "*"],
  ["%", "*"],
  ["**", "*"],
  ["<", "<="],
  ["<=", "<"],
  [">", ">="],
  [">=", ">"],
  ["===", "!=="],
  ["!==", "==="],
  ["&&", "||"],
  ["||", "&&"],
]);

/** Assignments that are left out as a whole. */
const updates: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.PlusEqualsToken,
  ts.SyntaxKind.MinusEqualsToken,
  ts.SyntaxKind.AsteriskEqualsToken,
  ts.SyntaxKind.SlashEqualsToken,
]);

/** What stands in for one of the smaller parts of an expression. */
const words: ReadonlyMap<string, string> = new Map([
  ["0", "1"],
  ["1", "0"],
  ["true", "false"],
  ["false", "true"],
]);

/**
 * All mutants of a source, from its beginning to its end.
 *
 * Types, imports and the texts of errors have none: no test should care.
 *
 * @param file The name that the mutants get.
 */
export function mutantsOf(file: string, text: string): Mutant[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Mutant[] = [];
  const add = (start: number, end: number, to: string) => {
    const { line, character } = source.getLineAndCharacterOfPosition(start);
    const from = text.slice(start, end);
    const place = { line: line + 1, column: character + 1 };
    found.push({ file, ...place, start, end, from, to });
  };
  const visit = (node: ts.Node): void => {
    if (isSilent(node)) return;
    if (ts.isBinaryExpression(node)) {
      const { operatorToken } = node;
      const to = operators.get(operatorToken.getText());
      if (to !== undefined && !isText(node)) {
        add(operatorToken.getStart(), operatorToken.end, to);
      }
    } else if (ts.isExpressionStatement(node) && isUpdate(node.expression)) {
      add(node.getStart(), node.end, ";");
    } else if (ts.isPropertyAccessExpression(node)) {
      const name = node.getText();
      if (name === "Math.max" || name === "Math.min") {
        const other = name === "Math.max" ? "Math.min" : "Math.max";
        add(node.getStart(), node.end, other);
      }
    } else if (ts.isPrefixUnaryExpression(node)) {
      if (node.operator === ts.SyntaxKind.MinusToken) {
        add(node.getStart(), node.operand.getStart(), "");
      }
    } else if (isWord(node)) {
      const to = words.get(node.getText());
      if (to !== undefined) add(node.getStart(), node.end, to);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found.toSorted((a, b) => a.start - b.start);
}

/** The text with the mutant's change. */
export function mutated(text: string, { start, end, to }: Mutant): string {
  return text.slice(0, start) + to + text.slice(end);
}

/** What never runs, or only says something. */
function isSilent(node: ts.Node): boolean {
  return ts.isTypeNode(node) || ts.isTypeAliasDeclaration(node) ||
    ts.isInterfaceDeclaration(node) || ts.isImportDeclaration(node) ||
    ts.isExportDeclaration(node) || ts.isThrowStatement(node) ||
    ts.isNewExpression(node) && /Error$/.test(node.expression.getText());
}

/** Whether a sum puts texts together. */
function isText(node: ts.Node): boolean {
  if (ts.isParenthesizedExpression(node)) return isText(node.expression);
  if (ts.isBinaryExpression(node)) {
    return node.operatorToken.kind === ts.SyntaxKind.PlusToken &&
      (isText(node.left) || isText(node.right));
  }
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}

function isUpdate(node: ts.Expression): boolean {
  return ts.isBinaryExpression(node) && updates.has(node.operatorToken.kind) &&
    !isText(node.right);
}

function isWord(node: ts.Node): boolean {
  return ts.isNumericLiteral(node) ||
    node.kind === ts.SyntaxKind.TrueKeyword ||
    node.kind === ts.SyntaxKind.FalseKeyword;
}
