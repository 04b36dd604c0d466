/**
 * What lib/mod.ts exports, as the compiler sees it: which functions take
 * options, what these are called, and which take one word of a few.
 *
 * Nothing here is listed by hand, so a new function or option is not forgotten.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** A function that a reader can call. */
export interface Exported {
  /** "lenet"; "layers.conv2d" and "Network.forward" for what hangs on another. */
  readonly name: string;
  /** The table in tests/exports/options/ that calls it. */
  readonly room: string;
  /** Names of the options it accepts; empty where it takes none. */
  readonly options: readonly string[];
  /** Each choice between words, by option or argument: padding, ["same", "valid"]. */
  readonly words: ReadonlyMap<string, readonly string[]>;
}

const lib = fileURLToPath(new URL("../../../lib/", import.meta.url));

/** Every function of lib/mod.ts that takes options or words. */
export function exportedFunctions(): Exported[] {
  const program = ts.createProgram([`${lib}mod.ts`], {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: [],
  });
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(
    program.getSourceFile(`${lib}mod.ts`)!,
  )!;
  const exported = checker.getExportsOfModule(module).map((symbol) => ({
    name: symbol.name,
    symbol: symbol.flags & ts.SymbolFlags.Alias
      ? checker.getAliasedSymbol(symbol)
      : symbol,
  }));
  const made = new Set(
    exported.flatMap(({ symbol }) =>
      checker.getTypeOfSymbol(symbol).getCallSignatures().map((signature) =>
        nameOf(awaited(checker, signature.getReturnType()))
      )
    ),
  );
  const found: Exported[] = [];
  const take = (name: string, symbol: ts.Symbol, owner = symbol) => {
    const signatures = checker.getTypeOfSymbol(symbol).getCallSignatures();
    if (signatures.length === 0 || !ours(symbol)) return;
    const options = new Set<string>();
    const words = new Map<string, string[]>();
    const choice = (of: string, type: ts.Type) => {
      const list = wordsOf(checker.getNonNullableType(type));
      if (list.length > 0) words.set(of, list);
    };
    for (const parameter of signatures.flatMap((one) => one.parameters)) {
      const type = checker.getNonNullableType(
        checker.getTypeOfSymbol(parameter),
      );
      choice(parameter.name, type);
      if (!takesOptions(checker, parameter, type)) continue;
      for (const option of checker.getPropertiesOfType(type)) {
        options.add(option.name);
        choice(option.name, checker.getTypeOfSymbol(option));
      }
    }
    if (options.size + words.size > 0) {
      found.push({ name, room: roomOf(owner), options: [...options], words });
    }
  };
  for (const { name, symbol } of exported) {
    const value = Boolean(symbol.flags & ts.SymbolFlags.Value);
    if (value) take(name, symbol);
    // What a reader gets has methods; what a reader passes is checked there.
    if (!value && !made.has(symbol.name)) continue;
    const type = value
      ? checker.getTypeOfSymbol(symbol)
      : checker.getDeclaredTypeOfSymbol(symbol);
    if (!isPlainObject(type) || type.getCallSignatures().length > 0) continue;
    // A reader calls a kind of layer by its maker, which layers.conv2d is.
    if (nameOf(type) === "Kind") continue;
    for (const member of checker.getPropertiesOfType(type)) {
      take(`${name}.${member.name}`, member, symbol);
    }
  }
  return found;
}

/** What a promise resolves to, or the type itself. */
function awaited(checker: ts.TypeChecker, type: ts.Type): ts.Type {
  return checker.getAwaitedType(type) ?? type;
}

/** The name of a declared type. */
function nameOf(type: ts.Type): string | undefined {
  const { name } = type.aliasSymbol ?? type.symbol ?? {};
  return name?.startsWith("__") ? undefined : name;
}

/** The literals of a choice between words; empty where any text will do. */
function wordsOf(type: ts.Type): string[] {
  const parts = type.isUnion() ? type.types : [type];
  return parts.every((part) => part.isStringLiteral())
    ? parts.map((part) => (part as ts.StringLiteralType).value)
    : [];
}

/** Whether an argument is an object of options: called so, written on the spot, or with fields that may all be left out. */
function takesOptions(
  checker: ts.TypeChecker,
  parameter: ts.Symbol,
  type: ts.Type,
): boolean {
  if (!isPlainObject(type) || type.getCallSignatures().length > 0) return false;
  const parts = type.isIntersection() ? type.types : [type];
  return /^(options|settings|__\d)$/.test(parameter.name) ||
    parts.some((part) => {
      const name = nameOf(part);
      return !name || /(Options|Settings|Budget|Spec|Rectangle)$/.test(name);
    }) ||
    checker.getPropertiesOfType(type).every((field) =>
      Boolean(field.flags & ts.SymbolFlags.Optional)
    );
}

/** Whether a type is an object with fields that the library itself declares. */
function isPlainObject(type: ts.Type): boolean {
  const kinds = ts.TypeFlags.Object | ts.TypeFlags.Intersection;
  if (!(type.flags & kinds)) return false;
  const fields = type.getProperties();
  return fields.length > 0 && fields.every(ours);
}

/** Whether a name is declared in lib/, and not in a package. */
function ours(symbol: ts.Symbol): boolean {
  return symbol.declarations?.[0]?.getSourceFile().fileName.startsWith(lib) ??
    // A mapped type, such as Omit<ConvLayer, "kind">, declares nothing itself.
    symbol.name !== "__type";
}

/** Rooms that share the table of another. */
const SHARED: Record<string, string> = {
  base: "layers",
  explain: "train",
  explorer: "train",
  measure: "train",
};

/** The table of the folder of lib/ that declares a name. */
function roomOf(symbol: ts.Symbol): string {
  const file = symbol.declarations![0].getSourceFile().fileName;
  const [room] = file.slice(lib.length).split("/");
  return SHARED[room] ?? room;
}
