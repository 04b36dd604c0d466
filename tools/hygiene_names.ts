/**
 * The names that a cell declares at its top level.
 *
 * Formatted code starts such declarations at the first column, so lines are
 * enough to find them; the type check of the whole notebook is the second net.
 */

/** Names of variables, functions, classes, types and imports, in order. */
export function topLevelNames(source: string): string[] {
  const names: string[] = [];
  const declaration =
    /^(?:export )?(?:const|let|var|class|interface|type|enum|(?:async )?function\*?) +([\w$]+)/gm;
  for (const match of source.matchAll(declaration)) {
    names.push(match[1]);
  }
  // const { a, b: c } = ...; const [d, ...e] = ...
  for (
    const match of source.matchAll(/^(?:const|let|var) +([{[][^=]*[}\]]) *=/gm)
  ) {
    names.push(...bindings(match[1], /^.*:/));
  }
  // import { a, b as c } from "cnn"
  for (
    const match of source.matchAll(/^import +(?:type +)?([^;"']*?) +from /gm)
  ) {
    names.push(...bindings(match[1].replaceAll("type ", ""), /^.*\bas +/));
  }
  return names;
}

function bindings(pattern: string, rename: RegExp): string[] {
  return pattern.replaceAll(/[{}[\]]|\.\.\./g, "").split(",")
    .map((part) => part.trim().replace(rename, "").trim())
    .filter((name) => /^[\w$]+$/.test(name));
}
