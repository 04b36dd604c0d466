import { settle, shown, unset } from "../base/options.ts";
import { checkSome, checkText } from "../base/arguments.ts";
import { escapeHtml } from "../base/html.ts";
import { ClaimError, valuesText } from "./claim.ts";
import { display } from "../kernel/kernel.ts";
import { post, type Statement, statementOf } from "./post.ts";
import { type Claim, findClaim } from "./record.ts";
import { replication } from "./replication.ts";
import { signOf, type Verdict, verdicts, verdictSign } from "./verdict.ts";

interface Judged {
  /** Left out of a motive or a plan. */
  verdict?: Verdict;
  /** What is right instead; with "holds with a correction" and "does not hold". */
  correction?: string;
  /** What was seen, and what it would take, or the answer. */
  remark?: string;
  /** Ids of claims made in this notebook. */
  evidence?: readonly string[];
}

/** A sentence of the post, by its id, and the verdict on it. */
export interface PostRow extends Judged {
  /** Such as "D1": see claims.json for all of them. */
  id: string;
}

/** A sentence that is not the post's: of a paper, or often said. */
export interface OtherRow extends Judged {
  says: string;
  /** Who says it: a paper with its section, or "often said". */
  source: string;
  /** Where to read it. */
  link?: string;
}

/** One row of the ledger. */
export type LedgerRow = PostRow | OtherRow;

/** A row with all that it shows. */
interface Entry {
  row: Required<Pick<Judged, "evidence">> & Judged;
  says: string;
  /** The post's statement; none where somebody else says it. */
  statement?: Statement;
  source?: string;
  link?: string;
  evidence: readonly Claim[];
}

/**
 * Shows the claims ledger that ends a notebook: sentence, verdict, evidence.
 *
 * Rows of the post come by id; sentences of others stand apart and name their
 * source. A row about learning needs an experiment among its evidence.
 *
 * @param rows At least one.
 * @throws {ClaimError} Evidence that was never claimed, or that does not go with
 * the verdict.
 * @throws {TypeError} No row; an id that the post does not have, or twice; a
 * verdict that does not go with the kind of sentence; a correction or a remark
 * that is missing or out of place; a row without the evidence that it needs.
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
 * await ledger([
 *   { id: "D2", verdict: "holds", evidence: ["flatten-values"] },
 *   { id: "P1" },
 * ]);
 * ```
 */
export async function ledger(rows: readonly LedgerRow[]): Promise<void> {
  checkSome("ledger", "row", rows, "pass [{ id, verdict, evidence }]");
  const entries = rows.map(entryOf);
  const ids = entries.flatMap(({ statement }) => statement?.id ?? []);
  const twice = ids.find((id, i) => ids.indexOf(id) < i);
  if (twice !== undefined) {
    throw new TypeError(
      `ledger() expects each sentence once but found "${twice}" twice: join the rows`,
    );
  }
  const parts = [
    { head: "The post says", entries: entries.filter((e) => e.statement) },
    { head: "Others say", entries: entries.filter((e) => !e.statement) },
  ].filter(({ entries }) => entries.length > 0);
  await display({
    "text/html": ledgerHtml(parts),
    "text/plain": parts.map(({ head, entries }) =>
      entries.map((entry) => entryText(head, entry)).join("\n")
    ).join("\n"),
  });
}

const refuse = (expected: string, found: string, rest: string): never => {
  throw new TypeError(`ledger() expects ${expected} but found ${found}${rest}`);
};

function entryOf(given: LedgerRow): Entry {
  const { id, says, source, link, ...judged } = settle(
    "ledger",
    given as Partial<PostRow & OtherRow>,
    {
      ...unset("id", "says", "source", "link"),
      ...unset("verdict", "correction", "remark"),
      evidence: [] as readonly string[],
    },
  );
  let entry: Omit<Entry, "evidence" | "row">;
  if (id !== undefined) {
    const statement = statementOf(id);
    if (!statement) {
      refuse(
        "the id of a sentence of the post",
        shown(id),
        `: the post has ${post.map((one) => one.id).join(", ")}`,
      );
    }
    const other = Object.entries({ says, source, link })
      .find(([, value]) => value !== undefined);
    if (other) {
      refuse("an id alone", `${other[0]} too`, ` in the row "${id}"`);
    }
    entry = { statement, says: statement!.says };
  } else {
    for (const [name, value] of Object.entries({ says, source })) {
      if (value === undefined || value === "") {
        const rest = ": pass { id } for the post, { says, source } for others";
        refuse(`a text as ${name}, or an id`, shown(value), rest);
      }
      checkText("ledger", name, value);
    }
    if (link !== undefined && !/^https:\/\/\S+$/.test(String(link))) {
      refuse("a link that begins with https://", shown(link), ` in "${says}"`);
    }
    entry = { says: says!, source, link };
  }
  const at = ` in the row "${id ?? says}"`;
  checkVerdict(judged, entry.statement?.kind ?? "claim", at);
  const evidence = judged.evidence.map((one) => evidenceOf(one, at));
  checkEvidence(judged, evidence, entry.statement, at);
  return { ...entry, row: judged, evidence };
}

/** Verdicts that go with a kind of sentence. */
const fitting: Record<Statement["kind"], readonly (Verdict | undefined)[]> = {
  claim: [
    "holds",
    "holds with a correction",
    "does not hold",
    "too small to tell",
  ],
  definition: ["definition"],
  opinion: ["opinion, tested", "opinion, not tested"],
  question: ["answered", "too small to tell"],
  motive: [undefined],
  plan: [undefined],
};

/** Texts that a verdict needs, and those that it may have. */
const texts: Record<string, { needs: string[]; may: string[] }> = {
  "holds": { needs: [], may: ["remark"] },
  "holds with a correction": { needs: ["correction"], may: ["remark"] },
  "does not hold": { needs: ["correction"], may: ["remark"] },
  "too small to tell": { needs: ["remark"], may: [] },
  "definition": { needs: [], may: ["correction", "remark"] },
  "opinion, tested": { needs: ["remark"], may: [] },
  "opinion, not tested": { needs: [], may: ["remark"] },
  "answered": { needs: ["remark"], may: [] },
  "undefined": { needs: [], may: ["remark"] },
};

function checkVerdict(
  { verdict, correction, remark, evidence }: Entry["row"],
  kind: Statement["kind"],
  at: string,
): void {
  if (!Array.isArray(evidence)) {
    refuse("a list of ids as evidence", shown(evidence), at);
  }
  if (verdict !== undefined && !verdicts.includes(verdict)) {
    const words = verdicts.map((word) => `"${word}"`).join(", ");
    refuse(`the verdict ${words}`, shown(verdict), at);
  }
  if (!fitting[kind].includes(verdict)) {
    const words = fitting[kind].map((word) => word ? `"${word}"` : "no verdict")
      .join(" or ");
    refuse(`${words} on a ${kind}`, shown(verdict), at);
  }
  const { needs, may } = texts[String(verdict)];
  for (const [name, text] of Object.entries({ correction, remark })) {
    const wanted = needs.includes(name);
    if (text === undefined && !wanted) continue;
    if (typeof text !== "string" || text === "") {
      refuse(`a text as ${name} with "${verdict}"`, shown(text), at);
    } else if (!wanted && !may.includes(name)) {
      refuse(`no ${name} with "${verdict ?? kind}"`, shown(text), at);
    }
  }
}

function evidenceOf(id: string, at: string): Claim {
  const claim = findClaim(id);
  if (claim) return claim;
  throw new ClaimError(
    `ledger() expects evidence that was claimed in this notebook but found ${
      shown(id)
    }${at}: run the cell that claims it, or correct the id`,
  );
}

function checkEvidence(
  { verdict }: Entry["row"],
  evidence: readonly Claim[],
  statement: Statement | undefined,
  at: string,
): void {
  const free = verdict === undefined || verdict === "definition" ||
    verdict === "opinion, not tested";
  if (evidence.length === 0) {
    if (free) return;
    refuse("evidence", "none", `${at}: name the ids of its claims`);
  }
  const learning = statement?.about === "learning";
  if (
    learning && !free && evidence.every(({ kind }) => kind !== "experiment")
  ) {
    const rest = `${at}: it is about learning, which no check can tell`;
    refuse("an experiment among the evidence", "checks only", rest);
  }
  if (replication() !== undefined) return; // there each outcome is counted
  const unsure = evidence.some((one) => one.outcome === "too small to tell");
  if (verdict === "holds") {
    const other = evidence.find(({ outcome }) => outcome !== "holds");
    if (!other) return;
    throw new ClaimError(
      `ledger() expects evidence that holds but found "${other.id}": ${other.outcome}${at}: change the verdict`,
    );
  }
  if (verdict === "too small to tell" && !unsure) {
    throw new ClaimError(
      `ledger() expects an experiment that is too small to tell but found none${at}: change the verdict`,
    );
  }
}

function ledgerHtml(
  parts: readonly { head: string; entries: readonly Entry[] }[],
): string {
  const style = "text-align:left;vertical-align:top;padding:7px 12px;" +
    "white-space:normal;line-height:1.45;";
  const widths = [28, 29, 43];
  const row = (tag: string, cells: readonly string[], more = "") =>
    `<tr>${
      cells.map((cell, i) =>
        `<${tag} style="${style}width:${widths[i]}%;${more}">${cell}</${tag}>`
      ).join("")
    }</tr>`;
  const edge = "border-bottom:1.5px solid currentColor;";
  return parts.map(({ head, entries }) =>
    `<table class="cnn-ledger" style="border-collapse:collapse;font-size:13px;width:100%;max-width:960px;table-layout:fixed"><thead>${
      row("th", [head, "Verdict", "Measured evidence"], edge)
    }</thead><tbody>${
      entries.map((entry) => row("td", entryCells(entry))).join("")
    }</tbody></table>`
  ).join("");
}

const small = (text: string) =>
  `<div style="margin-top:4px;opacity:.8">${text}</div>`;

function entryCells(entry: Entry): string[] {
  const { row, says, statement, source, link, evidence } = entry;
  const word = statement?.word
    ? ` · <span lang="ko" style="word-break:keep-all">${
      escapeHtml(statement.word)
    }</span>`
    : "";
  const from = statement
    ? `${statement.id} · ${statement.kind}${word}`
    : link
    ? `<a href="${escapeHtml(link)}">${escapeHtml(source!)}</a>`
    : escapeHtml(source!);
  const verdict = row.verdict
    ? verdictSign(row.verdict, row.verdict)
    : `<span style="opacity:.8">${statement!.kind}: no verdict</span>`;
  const notes = [row.correction, row.remark].map((text) =>
    text ? `<div style="margin-top:4px">${escapeHtml(text)}</div>` : ""
  ).join("");
  const proof = evidence.map((claim) =>
    `<div style="margin-bottom:4px">${
      verdictSign(claim.outcome, "", claim.outcome)
    } <span style="opacity:.75">${claim.kind}</span> ${
      claim.outcome === "holds" ? "" : `<b>${claim.outcome}</b>: `
    }${
      escapeHtml(claim.statement)
    }. <span style="opacity:.8;font-variant-numeric:tabular-nums">${
      escapeHtml(valuesText(claim.values))
    }</span></div>`
  ).join("");
  return [escapeHtml(says) + small(from), verdict + notes, proof];
}

function entryText(head: string, entry: Entry): string {
  const { row, says, statement, source, evidence } = entry;
  const from = statement
    ? [statement.id, statement.kind, statement.word]
    : [source];
  const notes = [row.correction, row.remark].filter((text) => text).join(" ");
  return [
    `${head}: ${says} (${from.filter((part) => part).join(", ")})`,
    row.verdict
      ? `  ${signOf(row.verdict)} ${row.verdict}${notes && `: ${notes}`}`
      : `  no verdict${notes && `: ${notes}`}`,
    ...evidence.map((claim) =>
      `  - ${signOf(claim.outcome)} ${claim.kind}: ${claim.statement}: ${
        valuesText(claim.values)
      }`
    ),
  ].join("\n");
}
