import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { checkSetup } from "cnn";
import { judgeSetup, samplePlot } from "../../lib/notebook/setup_check.ts";
import type { Figure, SetupFacts } from "cnn";
import { jupyterDisplay } from "../../lib/kernel/displayable.ts";
import { oldestDeno } from "../../lib/notebook/setup_check.ts";
import { titled } from "../../lib/plot/figure.ts";

const fine: SetupFacts = {
  deno: "2.9.6",
  kernel: true,
  folder: "/course/notebooks",
  course: "/course",
  missingData: [],
  backend: "wasm",
  backendReason: "WebAssembly has SIMD",
};
const verdicts = (facts: Partial<SetupFacts>) =>
  judgeSetup({ ...fine, ...facts }).filter((row) => row.result !== "ok");

Deno.test("judgeSetup() is content with a good set-up", () => {
  assertEquals(verdicts({}), []);
  assertEquals(verdicts({ deno: oldestDeno }), []);
  assertEquals(verdicts({ deno: "3.0.0-rc.1" }), []);
  assertEquals(verdicts({ folder: "/course" }), []);
  const windows = { course: "C:\\course", folder: "C:\\course\\notebooks" };
  assertEquals(verdicts(windows), []);
});

const bad: [string, Partial<SetupFacts>, RegExp][] = [
  ["an old Deno", { deno: "2.8.9" }, /older than 2\.9\.0.*README/],
  ["no kernel", { kernel: false }, /Change Kernel/],
  ["a notebook elsewhere", { folder: "/home/ann" }, /outside \/course: move/],
  ["a namesake folder", { folder: "/course2" }, /outside \/course: move/],
  ["missing data", { missingData: ["emoji"] }, /check out the whole/],
  ["a slow backend", { backend: "cpu" }, /SIMD/],
];
for (const [name, facts, remedy] of bad) {
  Deno.test(`judgeSetup() names the remedy for ${name}`, () => {
    const rows = verdicts(facts);
    assertEquals(rows.length, 1);
    assertMatch(rows[0].remedy, remedy);
  });
}

Deno.test("checkSetup() outside a kernel throws with the remedy", async () => {
  await assertRejects(() => checkSetup(), Error, "expects Kernel to be fine");
});

Deno.test("samplePlot() says in HTML what to do where no plot is drawn", () => {
  const bundle = samplePlot()[jupyterDisplay]();
  assertMatch(String(bundle["text/html"]), /Plots do not work here/);
  const { layout } = bundle["application/vnd.plotly.v1+json"] as Figure;
  assertEquals(layout.title, titled("Plots work").title);
});
