import { settle, shown } from "../base/options.ts";
import { escapeHtml } from "../base/html.ts";
import { formatNumber } from "../base/numbers.ts";
import { display } from "../kernel/kernel.ts";

/**
 * A claim that its own measurement contradicts.
 *
 * @example
 * ```ts
 * import { claim, ClaimError } from "cnn";
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(
 *   () => claim("2 > 3", { holds: 2 > 3, values: { left: 2, right: 3 } }),
 *   ClaimError,
 * );
 * ```
 */
export class ClaimError extends Error {
  override name = "ClaimError";
}

/** Measured values by name, as a claim shows them. */
export type ClaimValues = Record<string, number | string>;

/** What a claim is measured by. */
export interface ClaimOptions {
  /** Whether the measurement agrees with the statement. */
  holds: boolean;
  /** The measured values, and the baseline beside them. */
  values: ClaimValues;
  /** The name by which the ledger cites it: the statement unless told. */
  id?: string;
}

/** A claim that held, as the ledger finds it. */
export interface Claim {
  readonly id: string;
  readonly statement: string;
  readonly values: ClaimValues;
}

// One record for each kernel: a fresh kernel starts with none.
const record = new Map<string, Claim>();

/**
 * States a claim with its measured values; throws when it does not hold.
 *
 * A claim that holds is shown as a row and recorded for the ledger. Running its
 * cell again replaces its own record.
 *
 * @param statement A sentence that the reader can check.
 * @throws {ClaimError} It does not hold, or a value is NaN or missing.
 * @throws {TypeError} `holds` is no boolean, or there are no values.
 *
 * @example
 * ```ts
 * import { claim } from "cnn";
 *
 * await claim("The CNN reads more digits than the MLP", {
 *   holds: 0.985 > 0.93,
 *   values: { CNN: 0.985, MLP: 0.93 },
 * });
 * ```
 */
export async function claim(
  statement: string,
  options: ClaimOptions,
): Promise<void> {
  if (typeof statement !== "string" || statement === "") {
    throw new TypeError(
      `claim() expects a sentence as its statement but found ${
        shown(statement)
      }: write what the reader can check`,
    );
  }
  const { holds, values, id } = settle<
    ClaimOptions,
    { holds: undefined; values: undefined; id: string }
  >("claim", options, { holds: undefined, values: undefined, id: statement });
  record.delete(id); // a cell that fails now must not leave its earlier success
  const unfit = (expected: string, found: string, remedy: string) =>
    `claim() expects ${expected} but found ${found} in "${statement}": ${remedy}`;
  if (typeof holds !== "boolean") {
    const remedy = "compare the measured values";
    throw new TypeError(
      unfit("holds to be true or false", shown(holds), remedy),
    );
  }
  if (typeof id !== "string" || id === "") {
    throw new TypeError(
      unfit("a text as id", shown(id), "the ledger cites it"),
    );
  }
  const entries = Object.entries(values ?? {});
  if (entries.length === 0) {
    const remedy = "pass values: { name: number }";
    throw new TypeError(unfit("at least one measured value", "none", remedy));
  }
  for (const [name, value] of entries) {
    const isText = typeof value === "string" && value !== "";
    if (isText || typeof value === "number" && !Number.isNaN(value)) continue;
    const expected = `a number or a text for "${name}"`;
    const found = value === "" ? "an empty text" : shown(value);
    throw new ClaimError(unfit(expected, found, "the measurement went wrong"));
  }
  if (holds) record.set(id, { id, statement, values: { ...values } });
  await display(claimRow(statement, values, holds));
  if (holds) return;
  throw new ClaimError(
    `The claim does not hold: ${statement} (${valuesText(values)})`,
  );
}

/** The claims that held in this kernel so far, in the order they were made. */
export function claims(): readonly Claim[] {
  return [...record.values()];
}

/** The claim with this id, or undefined when it was not made. */
export function findClaim(id: string): Claim | undefined {
  return record.get(id);
}

/** Forgets every claim, as a fresh kernel does. */
export function resetClaims(): void {
  record.clear();
}

/** Measured values in one line: "CNN 0.985, MLP 0.93". */
export function valuesText(values: ClaimValues): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${valueText(value)}`).join(", ");
}

/** Four decimals show a difference of one image in 10,000. */
function valueText(value: number | string): string {
  return typeof value === "number" ? formatNumber(value, 4) : value;
}

/** Dark enough for white text, so that a sign reads on light and dark pages. */
export const verdictColours = {
  holds: "#007A59",
  corrected: "#8F5600",
  refuted: "#B84A00",
};

/** A verdict's sign: white on its own colour, whatever the page's theme. */
export function verdictSign(
  sign: string,
  colour: string,
  title = "",
): string {
  return `<span class="cnn-sign" title="${
    escapeHtml(title)
  }" style="background:${colour};color:#fff;border-radius:3px;padding:1px 6px;display:inline-block;line-height:1.35;font-weight:700">${
    escapeHtml(sign)
  }</span>`;
}

function claimRow(statement: string, values: ClaimValues, holds: boolean) {
  const mark = holds ? "✓" : "✗";
  const colour = holds ? verdictColours.holds : verdictColours.refuted;
  const title = `measured: it ${holds ? "holds" : "does not hold"}`;
  const parts = Object.entries(values).map(([name, value]) =>
    `<span style="white-space:nowrap;margin-right:18px"><span style="opacity:.75">${
      escapeHtml(name)
    }</span> <b>${escapeHtml(valueText(value))}</b></span>`
  ).join(" ");
  return {
    "text/html":
      `<div class="cnn-claim" style="border-left:4px solid ${colour};padding:5px 12px;margin:2px 0;font-size:14px;line-height:1.5">` +
      `${verdictSign(mark, colour, title)} ${escapeHtml(statement)}` +
      `<div style="font-size:13px;padding-left:1.2em;font-variant-numeric:tabular-nums">${parts}</div></div>`,
    "text/plain": `${mark} ${statement}\n  ${valuesText(values)}`,
  };
}
