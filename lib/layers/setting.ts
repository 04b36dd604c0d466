/**
 * The settings that layers have: what stands for one that is left out, and what
 * each may be. Messages begin with "expects"; who calls says which layer it is.
 *
 * @module
 */
import { type Pair, twoOf } from "../base/check.ts";
import { checkFlag, checkWord, shown } from "../base/options.ts";

/** One setting of a layer. */
export interface Setting<Value = unknown> {
  /** What stands for it where it is left out: a value, or what the settings before give. */
  readonly standard?: unknown;
  /** The value as the layer computes with it; throws where it is none. */
  readonly read: (value: unknown, name: string) => Value;
  /** Throws for the maker `fn`, which refuses a misspelt word at once. */
  readonly early?: (fn: string, name: string, value: unknown) => void;
}

/** A whole number of 1 or more. */
export const count = (standard?: number): Setting<number> => ({
  standard,
  read: readCount,
});

/** A number for both image axes, or [height, width]. */
export const axes = (standard?: Pair): Setting<[number, number]> => ({
  standard,
  read: readAxes,
});

/** As axes(), and as large as another setting where it is left out. */
export const axesLike = (
  other: string,
): Setting<[number, number]> => ({
  standard: (before: Record<string, unknown>) => before[other],
  read: readAxes,
});

/** "same" or "valid"; "valid" where it is left out. */
export const padding: Setting<"same" | "valid"> = {
  standard: "valid",
  read(value) {
    if (value === "same" || value === "valid") return value;
    throw new TypeError(
      `expects padding "same" or "valid" but found ${
        found(value)
      }: write one of the two`,
    );
  },
  early: (fn, name, value) => checkWord(fn, name, value, ["same", "valid"]),
};

/** true or false. */
export const flag = (standard: boolean): Setting<boolean> => ({
  standard,
  read(value, name) {
    if (typeof value === "boolean") return value;
    throw new TypeError(
      `expects ${name} true or false but found ${
        found(value)
      }: write one of the two, without quotes`,
    );
  },
  early: checkFlag,
});

/** A share from 0 to below 1; `meaning` goes on with "one half ...". */
export const share = (
  meaning: string,
  standard?: number,
): Setting<number> => ({
  standard,
  read(value, name) {
    if (typeof value === "number" && value >= 0 && value < 1) return value;
    throw new RangeError(
      `expects a ${name} from 0 to below 1 but found ${
        shown(value)
      }: 0.5 says that one half ${meaning}`,
    );
  },
});

/** A small number of 0 or more that is added to another. */
export const epsilon = (standard: number): Setting<number> => ({
  standard,
  read(value, name) {
    if (Number.isFinite(value) && value as number >= 0) return value as number;
    throw new RangeError(
      `expects an ${name} of 0 or more but found ${
        shown(value)
      }: pass a small number such as 0.001`,
    );
  },
});

function readCount(value: unknown, name: string): number {
  if (Number.isInteger(value) && value as number >= 1) return value as number;
  throw new RangeError(
    `expects ${name} of 1 or more, a whole number, but found ${
      found(value)
    }: set ${name}`,
  );
}

function readAxes(value: unknown, name: string): [number, number] {
  const both = twoOf(value);
  if (both === undefined) {
    throw new TypeError(
      `expects ${name} as a number or [height, width] but found ${
        found(value)
      }: write 3 or [3, 3]`,
    );
  }
  return [readCount(both[0], name), readCount(both[1], name)];
}

/** Letters of a whole architecture that a message shows. */
const MOST = 200;

/** What a message found: a setting as it is written, a network in its fields. */
export function found(value: unknown): string {
  const text = whole(value);
  return text.length > MOST ? `${text.slice(0, MOST)}...` : text;
}

function whole(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.slice(0, MOST).map(whole).join(",")}]`;
  }
  if (typeof value !== "object" || value === null) return shown(value);
  try {
    return JSON.stringify(value);
  } catch {
    return shown(value); // a bigint inside, or a circle
  }
}
