import { assert, assertEquals } from "@std/assert";
import { compareWithTorch } from "../../../tools/fuzz/torch.ts";
import { failureText, fuzz } from "../../../tools/fuzz/run.ts";

Deno.test("400 random networks give the same numbers on every engine", async () => {
  const { cases, failure } = await fuzz({ seed: 1, count: 400 });
  assert(failure === undefined, failure && failureText(failure));
  assertEquals(cases, 400);
});

for (
  const [what, seed] of [
    ["a NaN that a tile spreads changes what ReLUs let back", 914890],
    ["terms cancel inside of a row of length 1", 902482],
  ] as const
) {
  Deno.test(`${what}, which is no disagreement`, async () => {
    const { failure } = await fuzz({ seed, count: 1 });
    assert(failure === undefined, failure && failureText(failure));
  });
}

Deno.test("random networks give PyTorch's numbers, where it is installed", async () => {
  const { note, failure } = await compareWithTorch({ seed: 1, count: 400 });
  assert(failure === undefined, failure && failureText(failure));
  if (note.includes("not installed")) console.log(note);
});
