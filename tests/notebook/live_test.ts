/** Live outputs as the kernel sends them: which type, in which place, in which order. */
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  buildNetwork,
  type CurveProgress,
  fit,
  mlp,
  progress,
  scratchTrainer,
  trainingCurves,
  zeros,
} from "cnn";
import { ticks, trainingDrawing } from "../../lib/plot/training_drawing.ts";

const plotly = "application/vnd.plotly.v1+json";

interface Sent {
  bundle: Record<string, unknown>;
  id?: string;
  update?: boolean;
}

/** Runs `work` in front of a kernel that notes what is displayed. */
async function sent(work: () => Promise<unknown>): Promise<Sent[]> {
  const all: Sent[] = [];
  const before = Object.getOwnPropertyDescriptor(globalThis, "Deno")!;
  const kernel = Object.create(Deno, {
    jupyter: {
      value: {
        display: async (
          bundle: Record<string, unknown>,
          { display_id, update }: { display_id?: string; update?: boolean },
        ) => {
          // The first message takes longest: order must not depend on it.
          await new Promise((done) => setTimeout(done, all.length ? 0 : 20));
          all.push({ bundle, id: display_id, update });
        },
      },
    },
  });
  Object.defineProperty(globalThis, "Deno", { ...before, value: kernel });
  try {
    await work();
  } finally {
    Object.defineProperty(globalThis, "Deno", before);
  }
  return all;
}

/** What stands in the notebook in the end, by place. */
function standing(all: readonly Sent[]): Record<string, unknown>[] {
  const places = new Map<string | undefined, Record<string, unknown>>();
  for (const { bundle, id, update } of all) {
    assertEquals(places.has(id), update ?? false, "an update needs its place");
    places.set(id, bundle);
  }
  return [...places.values()];
}

/** The numbers of points of the lines of a drawing, by the lines' class. */
function drawnPoints(bundle: Record<string, unknown>, quantity: string) {
  const lines = String(bundle["text/html"]).matchAll(
    new RegExp(`<polyline class="cnn-${quantity}" points="([^"]*)"`, "g"),
  );
  return [...lines].map(([, points]) => points.split(" ").length);
}

const step = (step: number, steps = 60): CurveProgress => ({
  ...{ step, steps, loss: 2 / step, accuracy: 1 - 1 / step },
  last: step === steps,
});

Deno.test("trainingCurves() does not freeze: the live type differs from the finished one", async () => {
  const all = await sent(async () => {
    const curves = trainingCurves({ title: "One net" });
    await curves.update(step(1));
    for (let i = 2; i <= 60; i++) await curves.update(step(i));
    await curves.finish();
  });
  // JupyterLab draws a Plotly output once: none may come before the last.
  const withPlotly = all.map(({ bundle }) => plotly in bundle);
  assertEquals(withPlotly.indexOf(true), all.length - 1);
  assertEquals(drawnPoints(all[0].bundle, "loss"), [1]);
  assertEquals(drawnPoints(all.at(-2)!.bundle, "loss"), [60]);
  assertEquals(drawnPoints(all.at(-2)!.bundle, "accuracy"), [60]);
  assertEquals(standing(all).length, 1);
  const { data } = all.at(-1)!.bundle[plotly] as { data: { x: number[] }[] };
  assertEquals(data.map((trace) => trace.x.length), [60, 60]);
});

Deno.test("trainingCurves() keeps an early picture from covering the finished plot", async () => {
  const all = await sent(async () => {
    const curves = trainingCurves();
    const waiting = curves.update(step(1)); // not awaited, and slow
    await curves.finish();
    await waiting;
  });
  assertEquals(all.map(({ bundle }) => plotly in bundle), [false, true]);
});

Deno.test("trainingCurves() side by side keep to their own places", async () => {
  const all = await sent(async () => {
    const train = async (name: string, steps: number) => {
      const curves = trainingCurves({ name });
      for (let i = 1; i <= steps; i++) await curves.update(step(i, steps));
      await curves.finish();
    };
    await Promise.all([train("first", 5), train("second", 8)]);
  });
  const texts = standing(all).map((bundle) => String(bundle["text/plain"]));
  assertEquals(texts.length, 2);
  assertStringIncludes(texts[0], "first: loss 0.400");
  assertStringIncludes(texts[1], "second: loss 0.250");
});

Deno.test("trainingCurves() refuses a second training in the same curve", async () => {
  await sent(async () => {
    const curves = trainingCurves();
    await curves.update(step(1));
    await curves.update(step(2));
    await assertRejects(
      () => curves.update(step(1)),
      RangeError,
      'expects steps that grow but found 1 after 2 for "training": make new curves',
    );
    await assertRejects(
      () => curves.update({ ...step(3), step: NaN }),
      RangeError,
      "expects steps that grow but found NaN",
    );
    await curves.update(step(1), "another"); // a name of its own is a curve of its own
    const plot = await curves.finish();
    assertEquals(plot.data.length, 4);
    await assertRejects(
      () => curves.update(step(3)),
      RangeError,
      "expects no step after finish() but found step 3",
    );
  });
});

Deno.test("trainingCurves() can finish a training that diverged", async () => {
  const all = await sent(async () => {
    const curves = trainingCurves();
    await curves.update(step(1));
    await assertRejects(
      () => curves.update({ ...step(2), loss: Infinity }),
      TypeError,
      "the training diverged",
    );
    await curves.finish();
  });
  const { data } = all.at(-1)!.bundle[plotly] as { data: { x: number[] }[] };
  assertEquals(data[0].x, [1]);
});

Deno.test("live displays tell misspelt options", () => {
  const wrong = { titel: "x" } as Record<string, string>;
  assertThrows(
    () => trainingCurves(wrong),
    TypeError,
    'trainingCurves() expects only the options title, name but found "titel"',
  );
});

Deno.test("progress() refuses an update that would cover its last line", async () => {
  const all = await sent(async () => {
    const bar = progress("Counting", 3);
    await bar.update(1);
    await bar.finish();
    await assertRejects(
      () => bar.update(2),
      RangeError,
      'expects no update after finish() but found one for "Counting"',
    );
  });
  assertEquals(standing(all).length, 1);
});

Deno.test("the live drawing stays small with many nets and many steps", () => {
  const steps = Array.from(
    { length: 5000 },
    (_, i) => ({ step: i + 1, loss: Math.sin(i), accuracy: 0.5 }),
  );
  for (const nets of [1, 2, 12]) {
    const curves = Array.from(
      { length: nets },
      (_, i) => ({ name: `net ${i}`, steps, validation: steps.slice(0, 5) }),
    );
    const bytes = trainingDrawing(curves, { title: "t", status: "s" }).length;
    assert(bytes < 40_000, `${nets} nets: ${bytes}`);
  }
});

Deno.test("the live drawing draws validation, escapes names and stays inside its panels", () => {
  const drawing = trainingDrawing([{
    name: "<b>&",
    steps: [step(1), step(2)],
    validation: [{ step: 2, loss: 9, accuracy: 0 }],
  }], { steps: 10 });
  assertStringIncludes(drawing, "&lt;b&gt;&amp;, validation");
  assert(!drawing.includes("<b>&"));
  // By hand: step 1 of 10 lies 27 px right of 62; loss 2 of 1.05 * 9 = 9.45 lies
  // 236 * 2 / 9.45 = 49.9 px above 248.
  assertStringIncludes(drawing, 'points="89,198.1 116,');
  const places = [...drawing.matchAll(/points="([^"]*)"/g)]
    .flatMap(([, points]) => points.split(" "))
    .map((point) => point.split(",").map(Number));
  for (const [x, y] of places) {
    assert(x >= 62 && x <= 682 && y >= 12 && y <= 248, `${x},${y}`);
  }
});

Deno.test("ticks() are round and few", () => {
  assertEquals(ticks(1.02), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assertEquals(ticks(2.415), [0, 0.5, 1, 1.5, 2]);
  assertEquals(ticks(189), [0, 50, 100, 150]);
  assertEquals(ticks(0.0006).length, 7);
});

Deno.test("fit() ends after the step at hand when the stop button is pressed", async () => {
  const set = {
    name: "blank",
    images: zeros([64, 4, 4, 1]),
    labels: new Uint8Array(64),
    classNames: ["a", "b"],
  };
  const trainer = scratchTrainer(
    buildNetwork(mlp({ inputShape: [4, 4, 1], classes: 2 }), { seed: 1 }),
  );
  const options = { epochs: 1, batchSize: 1, seed: 1 };
  await sent(async () => {
    // The test runner would end at a real signal.
    const listeners = new Set<() => void>();
    Object.defineProperties(Deno, {
      addSignalListener: {
        value: (signal: string, listener: () => void) => {
          assertEquals(signal, "SIGINT");
          listeners.add(listener);
        },
      },
      removeSignalListener: {
        value: (_: string, listener: () => void) => listeners.delete(listener),
      },
    });
    const error = await assertRejects(() =>
      fit(trainer, set, {
        ...options,
        onProgress: async ({ step }) => {
          if (step === 3) { for (const listener of listeners) listener(); }
          await Promise.resolve();
        },
      }), Error);
    assertStringIncludes(error.message, "fit() was stopped after step 3");
    assertEquals(listeners.size, 0, "the next press is for somebody else");
    const { steps } = await fit(trainer, set, options);
    assertEquals(steps.length, 64);
  });
});
