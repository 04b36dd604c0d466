/** Code as kinds of tokens: names, numbers, comments and spaces do not count. */
import ts from "typescript";

/** A token and where it stands: rows and columns from 0. */
export interface Token {
  readonly kind: string;
  readonly row: number;
  readonly from: number;
  readonly to: number;
}

/** The most characters of one submission that are compared. */
const longest = 200_000;

/** Kinds of tokens that stand for many. */
const same: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [ts.SyntaxKind.Identifier, "name"],
  [ts.SyntaxKind.PrivateIdentifier, "name"],
  [ts.SyntaxKind.NumericLiteral, "number"],
  [ts.SyntaxKind.BigIntLiteral, "number"],
  [ts.SyntaxKind.StringLiteral, "text"],
  [ts.SyntaxKind.NoSubstitutionTemplateLiteral, "text"],
  // const, let and var are told apart by habit alone.
  [ts.SyntaxKind.ConstKeyword, "declare"],
  [ts.SyntaxKind.LetKeyword, "declare"],
  [ts.SyntaxKind.VarKeyword, "declare"],
]);

/** Tokens that a formatter adds or takes away. */
const empty: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.SemicolonToken,
]);

/** The tokens of some code; it need not parse, and takes time as it is long. */
export function tokensOf(source: string): Token[] {
  const text = source.slice(0, longest);
  const scanner = ts.createScanner(
    ts.ScriptTarget.ESNext,
    true,
    undefined,
    text,
  );
  const starts = [0];
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "\n") starts.push(i + 1);
  }
  const tokens: Token[] = [];
  const braces: boolean[] = []; // true for one that a template opened
  let row = 0;
  for (;;) {
    let kind = scanner.scan();
    if (kind === ts.SyntaxKind.EndOfFileToken) break;
    if (kind === ts.SyntaxKind.OpenBraceToken) braces.push(false);
    if (kind === ts.SyntaxKind.TemplateHead) braces.push(true);
    if (kind === ts.SyntaxKind.CloseBraceToken && braces.pop()) {
      kind = scanner.reScanTemplateToken(false);
      if (kind === ts.SyntaxKind.TemplateMiddle) braces.push(true);
    }
    if (empty.has(kind)) continue;
    const start = scanner.getTokenStart();
    while (row + 1 < starts.length && starts[row + 1] <= start) row++;
    const from = start - starts[row];
    tokens.push({
      kind: same.get(kind) ?? ts.SyntaxKind[kind],
      row,
      from,
      to: from + scanner.getTokenEnd() - start,
    });
  }
  return tokens;
}
