/** Reading a tool's command line. */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { SetupError } from "./process.ts";

type Known = NonNullable<ParseArgsConfig["options"]>;

/** What {@linkcode readOptions} reads for the options `T`. */
export type OptionsOf<T extends Known> = ReturnType<
  typeof parseArgs<{ options: T; allowPositionals: true }>
>;

/** A command line that cannot be read. */
export class UsageError extends SetupError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, { ...options, status: 2 });
  }
}

/**
 * Reads options and what stands without a name.
 *
 * @param command The command, for messages.
 * @param complain The message about an argument that it does not know: what
 *   node:util says of it, and the argument itself.
 * @throws {UsageError} An argument that it does not know, or an option twice.
 */
export function readOptions<T extends Known>(
  command: string,
  args: readonly string[],
  options: T,
  complain: (why: string, odd: string) => string,
  allowPositionals = true,
): OptionsOf<T> {
  let parsed;
  try {
    const config: ParseArgsConfig & { tokens: true } = {
      args: [...args],
      options,
      allowPositionals,
      tokens: true,
    };
    parsed = parseArgs(config);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const flags = args.filter((arg) => arg.startsWith("-"));
    const unknown = flags.find((arg) =>
      !Object.hasOwn(options, arg.replace(/^--?([^=]*).*/s, "$1"))
    );
    const odd = unknown ?? flags[0] ?? args[0];
    throw new UsageError(complain(error.message, odd), { cause: error });
  }
  const seen = new Set<string>();
  for (const token of parsed.tokens) {
    if (token.kind !== "option" || options[token.name].multiple) continue;
    if (seen.has(token.name)) {
      throw new UsageError(
        `${command} expects --${token.name} once but found it twice: leave one out`,
      );
    }
    seen.add(token.name);
  }
  return parsed as unknown as OptionsOf<T>;
}

/** The arguments of a tool that knows no option. */
export function withoutFlags(task: string, args: readonly string[]): string[] {
  return readOptions(
    task,
    args,
    {},
    (_, odd) => `${task} expects no option but found ${odd}: leave it out.`,
  ).positionals;
}

/** Refuses any argument: the task takes none. */
export function withoutArguments(
  task: string,
  args: readonly string[],
  remedy = "leave it out.",
): void {
  if (args.length === 0) return;
  throw new UsageError(
    `${task} expects nothing but found ${args[0]}: ${remedy}`,
  );
}
