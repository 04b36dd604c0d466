/**
 * `deno task fuzz:homework [--seed N] [--count N]`: odd notebooks and folders among
 * honest ones; whatever they do, the honest students get their points.
 */
import { join } from "node:path";
import { fuzzHelp, fuzzOptions } from "./fuzz.ts";
import { fuzzHomework } from "./homework/fuzz/run.ts";
import { root } from "./paths.ts";
import { withPlainErrors } from "./process.ts";

if (import.meta.main) {
  await withPlainErrors(async () => {
    const about = { task: "fuzz:homework", cases: 80 };
    const { seed, count, help } = fuzzOptions(Deno.args, about);
    if (help) {
      console.log(fuzzHelp(about));
      return 0;
    }
    const problems = await fuzzHomework({
      seed,
      count,
      notebook: join(root, "tests/fixtures/homework/90_fixture.ipynb"),
      onClass: (done) => console.error(`${done} of ${count}`),
    });
    for (const line of problems) console.log(line);
    console.log(
      problems.length === 0
        ? `${count} odd students from seed ${seed} on: the others' rows are as without them`
        : `${problems.length} problems`,
    );
    return problems.length === 0 ? 0 : 1;
  });
}
