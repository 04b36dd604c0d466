import { settle, shown } from "../base/options.ts";
import { escapeHtml } from "../base/html.ts";
import {
  type Claim,
  ClaimError,
  findClaim,
  valuesText,
  verdictColours,
  verdictSign,
} from "./claim.ts";
import { display } from "../kernel/kernel.ts";

/** One sentence of the post, the verdict on it, and the claims that support it. */
export interface LedgerRow {
  /** What the post says, in our own words. */
  post: string;
  verdict: "holds" | "holds with a correction";
  /** What is to be corrected; only with that verdict. */
  correction?: string;
  /** Ids of claims made in this notebook. */
  evidence: readonly string[];
}

/**
 * Shows the claims ledger that ends a notebook: sentence, verdict, evidence.
 *
 * @param rows At least one, each with evidence that was claimed in this kernel.
 * @throws {ClaimError} Evidence that was never claimed, or whose claim failed.
 * @throws {TypeError} No row, a row without evidence, another verdict, or a
 * correction that does not go with the verdict.
 *
 * @example
 * ```ts
 * import { claim, ledger } from "cnn";
 *
 * await claim("28 x 28 pixels are 784 values", {
 *   holds: 28 * 28 === 784,
 *   values: { values: 784 },
 *   id: "flatten-values",
 * });
 * await ledger([{
 *   post: "Flatten loses information",
 *   verdict: "holds with a correction",
 *   correction: "It loses no value, it loses adjacency.",
 *   evidence: ["flatten-values"],
 * }]);
 * ```
 */
export async function ledger(rows: readonly LedgerRow[]): Promise<void> {
  if (!Array.isArray(rows) || rows.length === 0) {
    throw new TypeError(
      `ledger() expects at least one row but found ${
        Array.isArray(rows) ? "none" : shown(rows)
      }: pass [{ post, verdict, evidence }]`,
    );
  }
  const found = (rows as readonly LedgerRow[]).map((row) => {
    checkRow(row);
    return row.evidence.map((id) => evidenceOf(id, row.post));
  });
  await display({
    "text/html": ledgerHtml(rows, found),
    "text/plain": ledgerText(rows, found),
  });
}

function checkRow(row: LedgerRow): void {
  const { post, evidence, verdict, correction } = settle("ledger", row, {
    post: undefined,
    verdict: undefined,
    correction: undefined,
    evidence: undefined,
  });
  const refuse = (expected: string, found: string, rest: string): never => {
    throw new TypeError(
      `ledger() expects ${expected} but found ${found}${rest}`,
    );
  };
  if (typeof post !== "string" || post === "") {
    refuse("a text as post", shown(post), ": write what the post says");
  }
  const at = ` in the row "${post}"`;
  if (correction !== undefined && typeof correction !== "string") {
    const rest = `${at}: write what is to be corrected`;
    refuse("a text as correction", shown(correction), rest);
  }
  if (!Array.isArray(evidence) || evidence.length === 0) {
    const found = Array.isArray(evidence) ? "none" : shown(evidence);
    refuse("evidence", found, `${at}: name the ids of its claims`);
  }
  const [holds, corrected] = ["holds", "holds with a correction"];
  if (verdict !== holds && verdict !== corrected) {
    refuse(`the verdict "${holds}" or "${corrected}"`, shown(verdict), at);
  }
  if ((verdict === corrected) !== Boolean(correction)) {
    const found = correction ? `"${correction}"` : "none";
    const expected = "a correction exactly where the verdict says so";
    refuse(expected, found, ` with "${verdict}"${at}`);
  }
}

function evidenceOf(id: string, post: string): Claim {
  const claim = findClaim(id);
  if (claim) return claim;
  throw new ClaimError(
    `ledger() expects evidence that was claimed in this notebook but found ${
      shown(id)
    } for "${post}": run the cell that claims it, or correct the id`,
  );
}

/** Width of each column, in percent. */
const WIDTHS = { "The post says": 27, Verdict: 28, "Measured evidence": 45 };

function ledgerHtml(
  rows: readonly LedgerRow[],
  found: readonly (readonly Claim[])[],
): string {
  const style = "text-align:left;vertical-align:top;padding:7px 12px;" +
    "white-space:normal;line-height:1.45;";
  const cell = (source: string, more = "") =>
    `<td style="${style}${more}">${source}</td>`;
  const line = (row: LedgerRow, i: number) => {
    const colour = row.verdict === "holds" ? "holds" : "corrected";
    const correction = row.correction &&
      `<div style="margin-top:4px">${escapeHtml(row.correction)}</div>`;
    const verdict = verdictSign(`✓ ${row.verdict}`, verdictColours[colour]) +
      (correction ?? "");
    const evidence = found[i].map((claim) =>
      `<div style="margin-bottom:4px">${
        escapeHtml(claim.statement)
      }: <span style="opacity:.8;font-variant-numeric:tabular-nums">${
        escapeHtml(valuesText(claim.values))
      }</span></div>`
    ).join("");
    return `<tr>${cell(escapeHtml(row.post))}${cell(verdict)}${
      cell(evidence)
    }</tr>`;
  };
  const head = Object.entries(WIDTHS).map(([name, width]) =>
    `<th style="${style}width:${width}%;border-bottom:1.5px solid currentColor">${name}</th>`
  ).join("");
  return `<table class="cnn-ledger" style="border-collapse:collapse;font-size:13px;width:100%;max-width:960px;table-layout:fixed">` +
    `<thead><tr>${head}</tr></thead><tbody>${
      rows.map(line).join("")
    }</tbody></table>`;
}

function ledgerText(
  rows: readonly LedgerRow[],
  found: readonly (readonly Claim[])[],
): string {
  return rows.map((row, i) =>
    [
      `The post says: ${row.post}`,
      `  ${row.verdict}${row.correction ? `: ${row.correction}` : ""}`,
      ...found[i].map((claim) =>
        `  - ${claim.statement}: ${valuesText(claim.values)}`
      ),
    ].join("\n")
  ).join("\n");
}
