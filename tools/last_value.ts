/**
 * What a cell shows by itself: the kernel displays the value of its last
 * statement, also of one inside a loop or before a declaration.
 */
import ts from "typescript";

/**
 * The cell with `satisfies void` behind every expression that may be its last
 * value, so that the type check complains about each that is one.
 *
 * Lines stay where they are.
 */
export function markLastValue(source: string): string {
  const file = ts.createSourceFile(
    "cell.ts",
    source,
    ts.ScriptTarget.Latest,
    true,
  );
  const found = [...new Set(lastOf(file.statements).values)];
  // From the end, so that earlier places stay right.
  for (const value of found.sort((a, b) => b.pos - a.pos)) {
    const [start, end] = [value.getStart(), value.getEnd()];
    const text = source.slice(start, end);
    const bare = ts.isCallExpression(value) || ts.isAwaitExpression(value);
    source = source.slice(0, start) + (bare ? text : `(${text})`) +
      " satisfies void" + source.slice(end);
  }
  return source;
}

/** Expressions that may be the value of some statements. */
interface Last {
  values: ts.Expression[];
  /** Whether the statements before count where these have no value. */
  open: boolean;
}

/** The last value of statements, by JavaScript's rules for completion values. */
function lastOf(statements: readonly ts.Statement[]): Last {
  const values: ts.Expression[] = [];
  let open = true;
  for (let i = statements.length - 1; i >= 0; i--) {
    if (open) {
      const last = lastOfOne(statements[i]);
      values.push(...last.values);
      open = last.open;
    }
    // A break or continue leaves with the value of what stands before it.
    if (leaves(statements[i])) {
      values.push(...lastOf(statements.slice(0, i)).values);
    }
  }
  return { values, open };
}

function lastOfOne(statement: ts.Statement): Last {
  if (ts.isExpressionStatement(statement)) {
    return { values: [statement.expression], open: false };
  }
  if (ts.isBlock(statement)) return lastOf(statement.statements);
  if (ts.isLabeledStatement(statement)) return lastOfOne(statement.statement);
  const inside = partsOf(statement);
  if (inside.length === 0) {
    const ends = ts.isThrowStatement(statement);
    return { values: [], open: !ends };
  }
  // A loop, a choice or a try has the value undefined where its parts have none.
  return {
    values: inside.flatMap((part) => lastOf(part).values),
    open: false,
  };
}

/** The statement lists of which a statement may run one last. */
function partsOf(statement: ts.Statement): (readonly ts.Statement[])[] {
  if (ts.isIfStatement(statement)) {
    const { thenStatement, elseStatement } = statement;
    return [[thenStatement], ...(elseStatement ? [[elseStatement]] : [])];
  }
  if (ts.isIterationStatement(statement, false)) return [[statement.statement]];
  if (ts.isTryStatement(statement)) {
    const { tryBlock, catchClause } = statement;
    return [[tryBlock], ...(catchClause ? [[catchClause.block]] : [])];
  }
  if (ts.isSwitchStatement(statement)) {
    return statement.caseBlock.clauses.map((clause) => clause.statements);
  }
  return [];
}

/** Whether a statement may leave the loop around it, or its round. */
function leaves(node: ts.Node): boolean {
  if (ts.isBreakOrContinueStatement(node)) return true;
  if (ts.isFunctionLike(node)) return false;
  return ts.forEachChild(node, (child) => leaves(child) || undefined) ?? false;
}
