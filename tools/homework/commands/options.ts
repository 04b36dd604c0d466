/** Reading the command line of the homework commands. */
import type { ParseArgsConfig } from "node:util";
import {
  type OptionsOf,
  readOptions as read,
  UsageError,
} from "../../options.ts";
import { fromUser } from "../../paths.ts";
import { defaultLimits, type Limits } from "../sandbox/limits.ts";

type Known = NonNullable<ParseArgsConfig["options"]>;

/** Values by the names of the options. */
type Values = Readonly<Record<string, unknown>>;

/** Reads options; an unknown one, or one that is given twice, is an error. */
export function readOptions<T extends Known>(
  command: string,
  args: readonly string[],
  options: T,
): OptionsOf<T> {
  const accepted = Object.keys(options).map((name) => `--${name}`).join(", ");
  return read(command, args, options, (why) => {
    const unknown = why.replace(/\. To specify a positional.*$/s, "");
    return `${command}: ${unknown}; it knows ${accepted}`;
  });
}

/** The folder of `--out`. */
export function outFolder(command: string, values: Values): string {
  if (typeof values.out === "string" && values.out !== "") {
    return fromUser(values.out);
  }
  throw new UsageError(`${command} expects --out DIR: where to write`);
}

/** A whole number of an option, from `low` to `high`. */
export function wholeNumber(
  command: string,
  { values }: { readonly values: Values },
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
export function readLimits(
  command: string,
  options: { readonly values: Values },
): Limits {
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
