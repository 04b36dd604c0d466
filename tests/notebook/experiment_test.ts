/** Experiments: stated before they run, and what their interval says. */
import {
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  claim,
  ClaimError,
  drawSeeds,
  experiment,
  type ExperimentOptions,
  type Finding,
} from "cnn";
import { claims } from "../../lib/notebook/record.ts";
import { printed } from "./printed.ts";

const plan = {
  id: "gain",
  compares: "accuracy, B minus A",
  baseline: "A",
  seeds: [1, 2, 3],
  because: "a tenth of a point is noise",
};

const state = (bound: Partial<ExperimentOptions>) =>
  experiment("B beats A", { ...plan, ...bound });

Deno.test("experiment() shows its plan before claim() shows the result", async () => {
  const text = await printed(async () => {
    const stated = await state({ above: -1 });
    await claim(stated, {
      from: [0, 0, 0],
      to: [1, 2, 3],
      also: { guess: 0.5 },
    });
  });
  assertEquals(
    text,
    [
      "Experiment, before it runs: B beats A",
      "  compares: accuracy, B minus A",
      "  baseline: A",
      "  seeds: 1 to 3",
      "  holds if: the 95 % interval lies above −1: a tenth of a point is noise",
      "✓ experiment: B beats A",
      "  mean difference: 2; 95 % interval: −0.4841 to 4.4841; stated: above −1; seeds: 3; guess: 0.5",
    ].join("\n"),
  );
});

Deno.test("a plan whose values a log holds names the command that made it", async () => {
  const text = await printed(async () => {
    await state({ above: 0, log: "deno task evidence depth" });
  });
  assertStringIncludes(text, "Experiment, before its log is read: B beats A\n");
  assertStringIncludes(
    text,
    "  read from: the log of deno task evidence depth\n",
  );
  await assertRejects(
    () => state({ above: 0, log: "" }),
    TypeError,
    "expects a text as log but found an empty one",
  );
});

// Of 1, 2, 3 the mean is 2; t at 0.975 with 2 degrees of freedom is 4.302653, and
// 4.302653 * 1 / sqrt(3) = 2.484138: from -0.484138 to 4.484138.
const outcomes: [Partial<ExperimentOptions>, Finding["outcome"]][] = [
  [{ above: -0.49 }, "holds"],
  [{ above: -0.48 }, "too small to tell"],
  [{ above: 4.49 }, "does not hold"],
  [{ below: 4.49 }, "holds"],
  [{ below: 4.48 }, "too small to tell"],
  [{ below: -0.49 }, "does not hold"],
  [{ within: 4.49 }, "holds"],
  [{ within: 4.48 }, "too small to tell"],
  [{ within: 0.48 }, "too small to tell"],
  [{ within: [-0.49, 4.49] }, "holds"],
  [{ within: [4.49, 5] }, "does not hold"],
  [{ within: [-2, -0.49] }, "does not hold"],
];

for (const [bound, outcome] of outcomes) {
  Deno.test(`-0.484 to 4.484 with ${JSON.stringify(bound)}: ${outcome}`, async () => {
    await printed(async () => {
      const found = await claim(await state({ ...bound, expect: outcome }), {
        from: [5, 5, 5],
        to: [6, 7, 8],
      });
      assertEquals([found.outcome, found.each], [outcome, [1, 2, 3]]);
      assertAlmostEquals(found.low, 2 - 2.484138, 1e-5);
      assertAlmostEquals(found.high, 2 + 2.484138, 1e-5);
      const alone = await claim(await state({ ...bound, expect: outcome }), {
        each: [1, 2, 3],
      });
      assertEquals(alone, found);
      assertEquals(
        claims().map(({ id, kind, outcome }) => [id, kind, outcome]),
        [
          ["gain", "experiment", outcome],
        ],
      );
    });
  });
}

Deno.test("an experiment that comes out otherwise than the text says is an error", async () => {
  const text = await printed(async () => {
    await assertRejects(
      async () => await claim(await state({ above: 5 }), { each: [1, 2, 3] }),
      ClaimError,
      "The claim does not hold: B beats A (mean: 2;",
    );
    await assertRejects(
      async () => await claim(await state({ above: 0 }), { each: [1, 2, 3] }),
      ClaimError,
      'The claim came out as "too small to tell" where the text says "holds": B beats A',
    );
    await assertRejects(
      async () =>
        await claim(await state({ above: -5, expect: "does not hold" }), {
          each: [1, 2, 3],
        }),
      ClaimError,
      'came out as "holds" where the text says "does not hold"',
    );
    assertEquals(claims(), []);
  });
  assertStringIncludes(text, "✗ experiment: B beats A");
  assertStringIncludes(text, "? experiment: B beats A");
});

Deno.test("a replication counts what comes out and does not stop", async () => {
  const key = Symbol.for("cnn.replication");
  const world = globalThis as Record<symbol, unknown>;
  world[key] = 7000;
  try {
    assertEquals(drawSeeds(2), [7001, 7002]);
    await printed(async () => {
      const stated = await experiment("B beats A", {
        ...plan,
        seeds: drawSeeds(3),
        above: 5,
      });
      await claim(stated, { each: [1, 2, 3] });
      await claim("2 > 3", { holds: false, values: { two: 2 } });
      assertEquals(claims().map(({ outcome }) => outcome), [
        "does not hold",
        "does not hold",
      ]);
    });
  } finally {
    delete world[key];
  }
  assertEquals(drawSeeds(2), [1, 2]);
});

Deno.test("experiment() wants exactly one bound, and a finite one", async () => {
  const wrong = (bound: object) => () => state(bound);
  await assertRejects(wrong({}), TypeError, "found none in");
  await assertRejects(
    wrong({ above: 1, below: 2 }),
    TypeError,
    "found above and below in",
  );
  await assertRejects(
    wrong({ above: Infinity }),
    RangeError,
    "a finite number as above but found Infinity",
  );
  await assertRejects(
    wrong({ within: 0 }),
    RangeError,
    "a margin above 0, or two ends that rise, as within but found 0",
  );
  await assertRejects(wrong({ within: [1, 0] }), RangeError, "found [1, 0]");
  await assertRejects(
    wrong({ within: [0, 1, 2] }),
    RangeError,
    "found [0, 1, 2]",
  );
});

Deno.test("experiment() wants every part of its plan", async () => {
  const wrong = (part: object) => () => state({ above: 0, ...part });
  await assertRejects(
    wrong({ because: undefined }),
    TypeError,
    "experiment() expects a text as because but found undefined",
  );
  await assertRejects(
    wrong({ baseline: "" }),
    TypeError,
    "a text as baseline but found an empty one",
  );
  await assertRejects(
    wrong({ seeds: [1] }),
    RangeError,
    "at least 2 seeds, none twice, but found [1]",
  );
  await assertRejects(wrong({ seeds: [1, 1] }), RangeError, "none twice");
  await assertRejects(
    wrong({ seeds: 3 }),
    TypeError,
    "expects a list of seeds but found 3: pass drawSeeds(5)",
  );
  await assertRejects(wrong({ expect: "yes" }), Error, '"too small to tell"');
  await assertRejects(wrong({ seed: 3 }), TypeError, '"seed"');
});

Deno.test("claim() wants one value for each seed that was stated", async () => {
  await printed(async () => {
    const stated = await state({ above: 0 });
    const wrong = (result: object) => () => claim(stated, result);
    await assertRejects(
      wrong({ each: [1, 2] }),
      TypeError,
      'expects 3 values as each but found 2 in "B beats A"',
    );
    await assertRejects(
      wrong({ from: [1, 2, 3] }),
      TypeError,
      "two sides, or one number each but found from",
    );
    await assertRejects(wrong({}), TypeError, "found none");
    await assertRejects(
      wrong({ from: [1, 2, 3], to: [1, 2, 3], each: [1, 2, 3] }),
      TypeError,
      "found from and to and each",
    );
    await assertRejects(
      wrong({ from: [1, 2, 3], each: [1, 2, 3] }),
      TypeError,
      "found from and each",
    );
    await assertRejects(
      wrong({ each: [1, NaN, 3] }),
      RangeError,
      "finite numbers",
    );
    await assertRejects(
      wrong({ each: [1, 2, 3], also: { loss: NaN } }),
      ClaimError,
      'for "loss" but found NaN',
    );
    assertEquals(claims(), []);
  });
});

Deno.test("a plan that is stated anew forgets the result of the last one", async () => {
  await printed(async () => {
    await claim(await state({ above: -5 }), { each: [1, 2, 3] });
    await state({ above: 0 });
    assertEquals(claims(), []);
  });
});

Deno.test("claim() refuses a plan that experiment() did not state", async () => {
  // deno-lint-ignore no-explicit-any
  const forged = { ...plan, statement: "B", low: 0, high: 1 } as any;
  await assertRejects(
    () => claim(forged, { each: [1, 2, 3] }),
    TypeError,
    "or what experiment() returned, but found an object",
  );
});

Deno.test("drawSeeds() wants a whole count", () => {
  assertThrows(
    () => drawSeeds(0),
    RangeError,
    "drawSeeds() expects a whole count of seeds",
  );
  assertThrows(() => drawSeeds(1.5), RangeError, "1.5");
});
