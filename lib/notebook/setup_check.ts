import { dataFolder, pathOf } from "../data/files.ts";
import { kindAt, place } from "../kernel/platform.ts";
import { checkOptions, shown } from "../base/options.ts";
import {
  type Displayable,
  figure,
  jupyterDisplay,
  titled,
} from "../plot/figure.ts";
import { table } from "../plot/table.ts";
import { type BackendName, useBackend } from "../engine/backend.ts";
import { inNotebook } from "../kernel/kernel.ts";
import { show } from "./show.ts";

/** The oldest Deno that the course is tried with. */
export const oldestDeno = "2.9.0";

/** What the set-up check looks at. */
export interface SetupFacts {
  /** Version of Deno: "2.9.6". */
  readonly deno: string;
  /** Whether a Jupyter kernel runs this code. */
  readonly kernel: boolean;
  /** Folder that the notebook runs in. */
  readonly folder: string;
  /** Folder of the course, where deno.json lies. */
  readonly course: string;
  /** Data folders that cannot be read. */
  readonly missingData: readonly string[];
  readonly backend: BackendName;
  /** Why this backend was chosen. */
  readonly backendReason: string;
}

/** One line of the set-up check. */
export interface SetupRow {
  readonly check: string;
  readonly found: string;
  readonly result: "ok" | "slow" | "failed";
  /** What to do; empty when all is well. */
  readonly remedy: string;
}

/** Judges the facts of a set-up: one row a check, with a remedy where it fails. */
export function judgeSetup(facts: SetupFacts): SetupRow[] {
  checkFacts(facts);
  const { deno, kernel, folder, course, missingData } = facts;
  const row = (
    check: string,
    found: string,
    fine: boolean,
    remedy: string,
    otherwise: "failed" | "slow" = "failed",
  ): SetupRow => ({
    check,
    found,
    result: fine ? "ok" : otherwise,
    remedy: fine ? "" : remedy,
  });
  const slashed = (path: string) => path.replaceAll("\\", "/") + "/";
  const inside = slashed(folder).startsWith(slashed(course));
  return [
    row(
      "Deno",
      deno,
      isAtLeast(deno, oldestDeno),
      `this kernel is older than ${oldestDeno}: close the notebook and start with the first command of README.md, which registers its own Deno`,
    ),
    row(
      "Kernel",
      kernel ? "Deno Jupyter kernel" : "no Jupyter kernel",
      kernel,
      'choose "Deno" in the menu Kernel, Change Kernel',
    ),
    row(
      "Folder",
      inside ? "inside the course" : folder,
      inside,
      `the notebook runs outside ${course}: move it below that folder, or imports of "cnn" fail`,
    ),
    row(
      "Data",
      missingData.join(", ") || "complete",
      missingData.length === 0,
      "these folders of data/ cannot be read: check out the whole repository",
    ),
    row(
      "Backend",
      `${facts.backend}: ${facts.backendReason}`,
      facts.backend !== "cpu",
      "everything works, but trainings take many times longer: use a machine whose processor has SIMD",
      "slow",
    ),
  ];
}

/** What each fact is. */
const KINDS: Record<keyof SetupFacts, "string" | "boolean" | "list"> = {
  deno: "string",
  kernel: "boolean",
  folder: "string",
  course: "string",
  missingData: "list",
  backend: "string",
  backendReason: "string",
};

/** Throws unless there is every fact, each of its kind. */
function checkFacts(facts: SetupFacts): void {
  checkOptions("judgeSetup", facts, Object.keys(KINDS));
  for (const [name, kind] of Object.entries(KINDS)) {
    const fact: unknown = facts[name as keyof SetupFacts];
    const found = Array.isArray(fact) ? "list" : typeof fact;
    if (found === kind) continue;
    throw new TypeError(
      `judgeSetup() expects a fact ${name} but found ${
        shown(fact)
      }: checkSetup() looks all of them up`,
    );
  }
}

/**
 * Checks what breaks in practice, shows a table with a remedy for each failure,
 * and draws a plot that says so itself where it cannot be drawn.
 *
 * @throws {Error} A check failed; the message has the remedies.
 *
 * @example
 * ```ts ignore
 * await checkSetup(); // in a notebook
 * ```
 */
export async function checkSetup(): Promise<void> {
  const rows = judgeSetup(await findFacts());
  await show(table(rows, { caption: "Set-up" }));
  await show(samplePlot());
  const failed = rows.filter((row) => row.result === "failed");
  if (failed.length > 0) {
    throw new Error(
      failed.map((row) =>
        `checkSetup() expects ${row.check} to be fine but found ${row.found}: ${row.remedy}`
      ).join("\n"),
    );
  }
}

/** Looks at the machine. */
async function findFacts(): Promise<SetupFacts> {
  const { name, reason } = await useBackend();
  const missingData: string[] = [];
  for (const set of ["mnist", "fashion_mnist", "emoji", "photos", "weights"]) {
    const page = pathOf(new URL(`${set}/SOURCE.md`, dataFolder));
    if (await kindAt(page) !== "file") missingData.push(set);
  }
  return {
    ...await place(),
    kernel: inNotebook(),
    missingData,
    backend: name,
    backendReason: reason,
  };
}

/** A plot whose HTML form, shown where plots are not, names the remedy. */
export function samplePlot(): Displayable {
  const plot = figure({
    data: [{
      type: "scatter",
      mode: "lines+markers",
      x: [0, 1, 2, 3, 4, 5, 6],
      y: [0, 1, 4, 9, 16, 25, 36],
    }],
    layout: { ...titled("Plots work"), height: 240 },
    summary: "A sample plot",
  });
  const remedy =
    "Plots do not work here. In JupyterLab: start it with the first command of README.md, which brings the plotly extension. In VS Code: install the extension Jupyter.";
  return {
    [jupyterDisplay]: () => ({
      ...plot[jupyterDisplay](),
      "text/html": `<p><b>${remedy}</b></p>`,
      "text/plain": remedy,
    }),
  };
}

/** Whether a version is at least another, number by number. */
function isAtLeast(version: string, oldest: string): boolean {
  const [a, b] = [version, oldest].map((v) =>
    v.split(/[.+-]/).slice(0, 3).map(Number)
  );
  const i = a.findIndex((part, i) => part !== b[i]);
  return i < 0 || a[i] > b[i];
}
