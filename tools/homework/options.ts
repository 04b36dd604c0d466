/**
 * Reading the command line of the homework commands.
 *
 * @module
 */
import { isAbsolute, join } from "node:path";
import { parseArgs, type ParseArgsConfig } from "node:util";
import { defaultLimits, type Limits } from "../../lib/homework/limits.ts";

/** A command line that cannot be read; the usage is shown. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** Values by the names of the options, and what stands without a name. */
export interface Options {
  readonly values: Readonly<Record<string, unknown>>;
  readonly positionals: readonly string[];
}

/** Reads options; an unknown one is an error. */
export function readOptions(
  command: string,
  args: string[],
  options: ParseArgsConfig["options"],
): Options {
  try {
    const { values, positionals } = parseArgs({
      args,
      options,
      allowPositionals: true,
    });
    return { values, positionals };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError(`${command}: ${error.message}`, { cause: error });
  }
}

/** A path as the user means it: from where the user called the task. */
export function fromUser(path: string): string {
  return isAbsolute(path)
    ? path
    : join(Deno.env.get("INIT_CWD") ?? Deno.cwd(), path);
}

/** The folder of `--out`. */
export function outFolder(command: string, values: Options["values"]): string {
  if (typeof values.out === "string" && values.out !== "") {
    return fromUser(values.out);
  }
  throw new UsageError(`${command} expects --out DIR: where to write`);
}

/** A whole number of an option, 1 or more. */
export function wholeNumber(
  command: string,
  { values }: Options,
  name: string,
  otherwise: number,
): number {
  const text = values[name];
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new UsageError(
    `${command} expects --${name} to be a whole number of 1 or more but found "${text}"`,
  );
}

/** Options of every command that runs a student's code. */
export const limitOptions = {
  seconds: { type: "string" },
  memory: { type: "string" },
} as const;

/** The limits that those options set. */
export function readLimits(command: string, options: Options): Limits {
  return {
    seconds: wholeNumber(command, options, "seconds", defaultLimits.seconds),
    memory: wholeNumber(command, options, "memory", defaultLimits.memory),
  };
}
