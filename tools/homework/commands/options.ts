/**
 * Reading the command line of the homework commands.
 *
 * @module
 */
import { isAbsolute, join } from "node:path";
import { parseArgs, type ParseArgsConfig } from "node:util";
import { defaultLimits, type Limits } from "../sandbox/limits.ts";

/** A command line that cannot be read; the usage is shown. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** Values by the names of the options, and what stands without a name. */
export interface Options {
  readonly values: Readonly<Record<string, unknown>>;
  readonly positionals: readonly string[];
}

/** Reads options; an unknown one, or one that is given twice, is an error. */
export function readOptions(
  command: string,
  args: string[],
  options: ParseArgsConfig["options"],
): Options {
  const known = options ?? {};
  let parsed;
  try {
    parsed = parseArgs({ args, options, allowPositionals: true, tokens: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const accepted = Object.keys(known).map((name) => `--${name}`).join(", ");
    const message = error.message.replace(/\. To specify a positional.*$/s, "");
    throw new UsageError(`${command}: ${message}; it knows ${accepted}`, {
      cause: error,
    });
  }
  const seen = new Set<string>();
  // The types of node:util leave out the tokens of options.
  const tokens = parsed.tokens as { name?: string }[];
  for (const { name } of tokens) {
    if (name === undefined || known[name].multiple) continue;
    if (seen.has(name)) {
      throw new UsageError(
        `${command} expects --${name} once but found it twice: leave one out`,
      );
    }
    seen.add(name);
  }
  return { values: parsed.values, positionals: parsed.positionals };
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

/** A whole number of an option, from `low` to `high`. */
export function wholeNumber(
  command: string,
  { values }: Options,
  name: string,
  { otherwise, low = 1, high }: {
    otherwise: number;
    low?: number;
    high: number;
  },
): number {
  const text = values[name];
  if (text === undefined) return otherwise;
  const value = /^\d+$/.test(String(text)) ? Number(text) : NaN;
  if (value >= low && value <= high) return value;
  throw new UsageError(
    `${command} expects --${name} to be a whole number of ${low} or more, up to ${high}, but found "${text}"`,
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
    seconds: wholeNumber(command, options, "seconds", {
      otherwise: defaultLimits.seconds,
      high: 86_400, // a day; a timer of more than 24 days would ring at once
    }),
    memory: wholeNumber(command, options, "memory", {
      otherwise: defaultLimits.memory,
      low: 128, // Deno itself takes some 70 MB
      high: 1_048_576,
    }),
  };
}
