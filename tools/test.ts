/**
 * `deno task test`: every check of the project, one after another, and at the
 * end one line that counts them all.
 */
import { join } from "node:path";
import { root } from "./paths.ts";
import { linesOf } from "./lines.ts";
import { withoutArguments } from "./options.ts";
import { endWithChildren, withPlainErrors } from "./process.ts";
import { textTable } from "./table.ts";

/** What one part counted. */
export interface Count {
  passed: number;
  failed: number;
  /** Checks that did not run, for want of a browser say. */
  skipped: number;
}

/** Parts in the order they run: the quick ones first, the notebooks one by one last. */
const parts = [
  "fmt:check",
  "lint",
  "check",
  "check:notebooks",
  "test:unit",
  "test:homework",
  "test:cells",
  "test:doc",
  "test:runner",
  "test:nbgrader",
  "test:notebooks",
  "test:browser",
];

/**
 * Reads what a part counted from its output.
 *
 * Deno's own summary is `ok | 5 passed (2 steps) | 0 failed (3ms)`. A part
 * without a summary counts as one check; a part that broke, or in which nothing
 * ran, has failed at least once,
 * and so has one that says that a process crashed: a process that crashes while it
 * ends can still exit with status 0.
 */
export function count(lines: readonly string[], success: boolean): Count {
  const plain = lines.map(withoutColours);
  const summary = plain.findLast((line) =>
    /\d+ passed.* \d+ failed/.test(line)
  );
  const number = (what: RegExp) => Number(what.exec(summary ?? "")?.[1] ?? 0);
  const counted = summary
    ? {
      passed: number(/(\d+) passed/),
      failed: number(/(\d+) failed/),
      skipped: number(/(\d+) ignored/),
    }
    : { passed: success ? 1 : 0, failed: 0, skipped: 0 };
  const nothing = counted.passed + counted.failed + counted.skipped === 0;
  const broke = !success || nothing || plain.some((line) => crash.test(line));
  if (broke && counted.failed === 0) counted.failed = 1;
  return counted;
}

function withoutColours(line: string): string {
  // deno-lint-ignore no-control-regex -- colours
  return line.replaceAll(/\x1b\[[\d;]*m/g, "");
}

/** Lines that are told again of a part that failed. */
const most = 60;

/**
 * What a part that failed said of it, to be told again at the end, where it is
 * looked for: Deno's list of errors, or the last lines where there is none.
 */
export function errorsIn(lines: readonly string[]): string[] {
  const plain = lines.map(withoutColours);
  const errors = plain.findIndex((line) => /^ ?ERRORS ?$/.test(line));
  const told = errors < 0
    ? plain.slice(-20)
    : plain.slice(errors + 1, errors + 1 + most);
  return told.filter((line) => line.trim() !== "");
}

/** What the C library, Rust, V8 or a shell prints of a process that crashed. */
const crash = new RegExp(
  String.raw`^(?:\S*sh: line \d+: +\d+ )?(?:` + [
    String.raw`corrupted (?:size|double-linked|unsorted)`,
    "double free or corruption",
    String
      .raw`(?:free|malloc|realloc|calloc|malloc_consolidate|munmap_chunk)\(\): `,
    String.raw`\*\*\* .* detected \*\*\*`,
    "Segmentation fault|Bus error|Aborted|Illegal instruction|Killed +deno",
    "thread '.*' .*panicked at|fatal runtime error|Deno has panicked",
    "# Fatal |<--- Last few GCs",
  ].join("|") + ")",
);

/** Minutes after which a part that hangs is ended: three times what the longest takes. */
const patience = 50;

/** What one part counted, and what it said where it failed. */
export interface Part extends Count {
  trouble: string[];
}

/** Runs a task of deno.json, shows what it prints, and counts. */
export async function runPart(
  task: string,
  print: (line: string) => void = console.log,
  minutes = patience,
): Promise<Part> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", task],
    cwd: root,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const lines: string[] = [];
  const own: string[] = [];
  const say = (words: string) => {
    own.push(`== ${task} ${words}`);
    print(own.at(-1)!);
  };
  const show = async (stream: ReadableStream<Uint8Array>) => {
    for await (const line of linesOf(stream)) {
      lines.push(line);
      print(line);
    }
  };
  let ended: Promise<void> | undefined;
  const late = setTimeout(() => {
    say(`did not end in ${minutes} minutes and is ended here`);
    ended = endWithChildren(child.pid);
  }, 60_000 * minutes);
  await Promise.all([show(child.stdout), show(child.stderr)]);
  const { success, code } = await child.status;
  clearTimeout(late);
  await ended;
  const counted = count(lines, success);
  if (!success) say(`ended with status ${code}`);
  const crashed = lines.find((line) => crash.test(line));
  if (crashed) say(`saw a process crash: ${crashed}`);
  const told = counted.failed > 0 ? errorsIn(lines) : [];
  return { ...counted, trouble: [...own, ...told] };
}

if (import.meta.main) await withPlainErrors(main);

async function main(): Promise<number> {
  const remedy = `one part alone is a task of its own, such as deno task ${
    parts[4]
  }.`;
  withoutArguments("test", Deno.args, remedy);
  await Deno.mkdir(join(root, "output"), { recursive: true });
  const rows: (string | number)[][] = [];
  const told: string[] = [];
  const total: Count = { passed: 0, failed: 0, skipped: 0 };
  for (const part of parts) {
    console.log(`\n== ${part}`);
    const begin = performance.now();
    const { passed, failed, skipped, trouble } = await runPart(part);
    const seconds = (performance.now() - begin) / 1000;
    rows.push([part, passed, failed, skipped, seconds.toFixed(1)]);
    if (failed > 0) told.push("", ...trouble);
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  if (told.length > 0) console.log(told.join("\n"));
  console.log(
    "\n" +
      textTable(["part", "passed", "failed", "skipped", "seconds"], rows) +
      "\n",
  );
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
  console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
  return total.failed === 0 ? 0 : 1;
}
