/**
 * Turns a TypeScript cell into JavaScript whose top-level names are shared.
 *
 * In the kernel, what one cell declares the next one sees, and a later cell may
 * declare it again. Here the cells become functions in one scope: `const x = 1`
 * is written as `x = 1`, and the program declares `let x` once around them all.
 */
import ts from "typescript";
import { type CellCode, shareNames } from "./share_names.ts";

/** A cell that is no TypeScript; the message gives the line in the cell. */
class CellSyntaxError extends SyntaxError {
  override name = "SyntaxError";
}

/** The longest cell that is read; a person writes far less. */
const longestCell = 200_000;

/**
 * Transpiles one cell without checking its types.
 *
 * @throws {CellSyntaxError} The cell does not parse.
 *
 * @example
 * ```ts
 * import { transpileCell } from "cnn/homework";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(transpileCell("const x: number = 1;").names, ["x"]);
 * ```
 */
export function transpileCell(source: string): CellCode {
  if (source.length > longestCell) {
    throw new CellSyntaxError(
      `The cell has ${source.length} characters, more than the ${longestCell} that are read: move data out of the code`,
    );
  }
  const result = ts.transpileModule(source, {
    fileName: "cell.ts",
    reportDiagnostics: true,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleDetection: ts.ModuleDetectionKind.Force,
      verbatimModuleSyntax: true,
    },
  });
  const error = result.diagnostics?.find((d) =>
    d.category === ts.DiagnosticCategory.Error
  );
  if (error) throw new CellSyntaxError(describe(error, source));
  return shareNames(result.outputText);
}

function describe(error: ts.Diagnostic, source: string): string {
  const text = ts.flattenDiagnosticMessageText(error.messageText, " ");
  if (error.start === undefined) return text;
  const line = source.slice(0, error.start).split("\n").length;
  const html = /^\s*<(!--|\/?[a-z]+[ >])/i.test(source.split("\n")[line - 1]);
  return `line ${line} of the cell: ${text}${
    html ? " This looks like HTML, which belongs into a Markdown cell." : ""
  }`;
}

/** Names that a cell reads or writes anywhere: what a check needs. */
export function namesUsed(source: string): Set<string> {
  const file = ts.createSourceFile("cell.ts", source, ts.ScriptTarget.ESNext);
  const used = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) used.add(node.text);
    else if (ts.isPropertyAccessExpression(node)) visit(node.expression);
    else if (ts.isPropertyAssignment(node)) visit(node.initializer);
    else ts.forEachChild(node, visit);
  };
  visit(file);
  return used;
}
