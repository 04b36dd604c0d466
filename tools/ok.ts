/**
 * `deno task ok`: what to run before a commit. Format, lint and types one after
 * another, and beside them the unit tests; only what fails is printed, and the
 * last line says how it ended.
 */
import { withoutArguments } from "./options.ts";
import { withPlainErrors } from "./process.ts";
import { type Count, runPart } from "./test.ts";

/** Parts side by side, in each those that wait for one another. */
const lanes = [["fmt:check", "lint", "check"], ["test:unit"]];

/** Lines about what is well would bury the others. */
function tells(line: string): boolean {
  // deno-lint-ignore no-control-regex -- colours
  const plain = line.replaceAll(/\x1b\[[\d;]*m/g, "");
  return !/^(Check|running \d+ tests?) |\.\.\. ok \(/.test(plain);
}

/** The last line, from what each part counted. */
export function verdict(
  counts: ReadonlyMap<string, Count>,
  seconds: number,
): string {
  const bad = [...counts].filter(([, { failed }]) => failed > 0)
    .map(([part]) => part).sort();
  const passed = counts.get("test:unit")?.passed ?? 0;
  const time = `${seconds.toFixed(0)} s`;
  return bad.length === 0
    ? `ok: format, lint, types and ${passed} unit tests, in ${time}`
    : `NOT ok: ${bad.join(", ")} failed, in ${time}; see above`;
}

if (import.meta.main) {
  await withPlainErrors(async () => {
    withoutArguments("ok", Deno.args);
    const counts = new Map<string, Count>();
    const run = async (parts: readonly string[]) => {
      for (const part of parts) {
        const lines: string[] = [];
        const count = await runPart(part, (line) => lines.push(line));
        counts.set(part, count);
        console.log(`${count.failed > 0 ? "FAILED" : "ok    "}  ${part}`);
        if (count.failed > 0) console.log(lines.filter(tells).join("\n"));
      }
    };
    const begin = performance.now();
    await Promise.all(lanes.map(run));
    console.log(verdict(counts, (performance.now() - begin) / 1000));
    return [...counts.values()].every(({ failed }) => failed === 0) ? 0 : 1;
  });
}
