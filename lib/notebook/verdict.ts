/** Signs for what was measured: told apart by shape and word, not by colour alone. */
import { escapeHtml } from "../base/html.ts";

/** What an experiment found. */
export type Outcome = "holds" | "does not hold" | "too small to tell";

/** What a row of the ledger says of its sentence. */
export type Verdict =
  | Outcome
  | "holds with a correction"
  | "definition"
  | "opinion, tested"
  | "opinion, not tested"
  | "answered";

/** Dark enough for white text, so that a sign reads on light and dark pages. */
const signs: Record<Verdict, { sign: string; colour: string }> = {
  "holds": { sign: "✓", colour: "#007A59" },
  "holds with a correction": { sign: "±", colour: "#8F5600" },
  "does not hold": { sign: "✗", colour: "#B3261E" },
  "too small to tell": { sign: "?", colour: "#5A5F66" },
  "definition": { sign: "≔", colour: "#1F5FA8" },
  "opinion, tested": { sign: "◆", colour: "#6A4A9C" },
  "opinion, not tested": { sign: "◇", colour: "#6A4A9C" },
  "answered": { sign: "!", colour: "#1F5FA8" },
};

/** Every verdict that there is. */
export const verdicts = Object.keys(signs) as Verdict[];

/** The sign alone, as a text output has it. */
export const signOf = (verdict: Verdict): string => signs[verdict].sign;

/** The colour of a verdict's edge. */
export const colourOf = (verdict: Verdict): string => signs[verdict].colour;

/** The sign on its own colour, whatever the page's theme; `words` follow it. */
export function verdictSign(verdict: Verdict, words = "", title = ""): string {
  const { sign, colour } = signs[verdict];
  return `<span class="cnn-sign" title="${
    escapeHtml(title)
  }" style="background:${colour};color:#fff;border-radius:3px;padding:1px 6px;display:inline-block;line-height:1.35;font-weight:700">${
    escapeHtml(words ? `${sign} ${words}` : sign)
  }</span>`;
}
