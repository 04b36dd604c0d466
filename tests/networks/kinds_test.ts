/**
 * Every kind of layer in the table, also one that is new tomorrow: its shape,
 * its gradients, its tfjs layer, its row and its box agree.
 *
 * @module
 */
import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import type { Tensor as TfTensor } from "@tensorflow/tfjs";
import { checkGradient } from "../../lib/layers/check_gradient.ts";
import { joins, kinds, layerKinds } from "../../lib/layers/kinds.ts";
import {
  type Architecture,
  buildNetwork,
  describe,
  initialWeights,
  type Layer,
  layers,
  network,
} from "../../lib/networks/mod.ts";
import { drawArchitecture } from "../../lib/networks/drawing/draw_architecture.ts";
import { plan, singles } from "../../lib/networks/plan.ts";
import { weightsOf } from "../../lib/networks/weights.ts";
import { randomNormal } from "../../lib/base/random.ts";
import { cast } from "../../lib/base/tensor.ts";
import { useBackend } from "../../lib/engine/backend.ts";
import { toTf } from "../../lib/engine/convert.ts";
import { loadTf } from "../../lib/engine/load.ts";
import { toLayersModel } from "../../lib/engine/layers_model.ts";
import { planning } from "../../lib/train/planned_steps.ts";
import { tfTrainer } from "../../lib/train/tf_trainer.ts";

/** Settings of the kinds that cannot be made without. */
const needed: Record<string, object> = {
  conv2d: { filters: 4, kernelSize: [3, 2], groups: 2, padding: "same" },
  dense: { units: 3 },
  dropout: { rate: 0.5 },
  maxout: { pieces: 2 },
  padShortcut: { filters: 4, strides: 2 },
  patchify: { size: 2 },
  attention: { heads: 2 },
};

/** The kinds that read tokens. */
const ofTokens = [
  ...["attention", "classToken", "firstToken"],
  ...["layerNorm", "position", "tokenMean"],
];

const makers = layers as unknown as Record<string, (given: object) => Layer>;

/** The layer, alone but for what makes its input fit. */
const netOf = (kind: string): Architecture =>
  network("one", [4, 6, 2], [
    ...(kind === "dense" ? [layers.flatten()] : []),
    ...(ofTokens.includes(kind)
      ? [layers.patchify({ size: 2 }), layers.dense({ units: 6 })]
      : []),
    makers[kind](needed[kind] ?? {}),
  ]);

Deno.test("layers has a maker for every kind, and layerKinds names them all", () => {
  assertEquals(
    Object.keys(layers).sort(),
    [...layerKinds, "sequence", "parallel"].sort(),
  );
  assertEquals([...kinds.keys()], [...layerKinds]);
});

Deno.test("the table holds every kind that a file of lib/layers defines", async () => {
  const folder = new URL("../../lib/layers/", import.meta.url);
  const defined: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(".ts") || name === "table.ts") continue;
    const values = Object.values<unknown>(await import(`${folder}${name}`));
    for (const value of values) {
      const kind = value as { kind?: string; make?: unknown } | null;
      if (typeof kind?.make === "function") defined.push(kind.kind!);
    }
  }
  assertEquals(defined.sort(), [...kinds.keys()].sort());
});

Deno.test("neighbours in one pass are kinds that know their layers of tfjs", () => {
  const told = [...kinds.values(), ...Object.values(joins)];
  const names = told.flatMap(({ passes = [] }) =>
    passes.flatMap(({ before = [], behind }) => [before, behind].flat(2))
  );
  assert(names.includes("batchNorm") && names.includes("relu"));
  for (const name of names) assert(kinds.get(name)?.is, name);
  for (const { is, passes } of told) assert(is || !passes);
});

/** The classes that tfjs knows by name before a model is made. */
const { serialization } = await loadTf();
const { classNameMap } = serialization.SerializationMap.getMap();
const classes = new Set(Object.keys(classNameMap));

for (const [kind, { label }] of kinds) {
  const architecture = netOf(kind);
  const row = describe(architecture).rows.at(-1)!;
  const weights = new Map(
    [...initialWeights(architecture, 3)].map((
      [name, value],
    ) => [name, cast(value, "float64")]),
  );
  const x = randomNormal([2, 4, 6, 2], 1, { dtype: "float64" });
  const run = (training: boolean) => {
    const net = buildNetwork(architecture, { weights, dtype: "float64" });
    return { net, y: net.forward(x, { training }) };
  };

  Deno.test(`${kind}: a batch has the shape that describe() tells, and as many weights`, () => {
    const { net, y } = run(false);
    assertEquals(y.shape, [2, ...row.outputShape]);
    assertEquals(row.kind, kind);
    const { gradients } = net.backward(y);
    const count = [...gradients.values()]
      .reduce((sum, { data }) => sum + data.length, 0);
    assertEquals(count, describe(architecture).parameters);
  });

  Deno.test(`${kind}: JSON holds it, so it crosses the sandbox's wire`, () => {
    assertEquals(JSON.parse(JSON.stringify(architecture)), architecture);
  });

  Deno.test(`${kind}: its gradients are the numeric ones`, () => {
    // In training dropout draws anew each time.
    const training = kind !== "dropout";
    const { net, y } = run(training);
    const dy = randomNormal(y.shape, 2, { dtype: "float64" });
    const { dx, gradients } = net.backward(dy);
    const of = { dy, tolerance: 1e-5, name: kind };
    checkGradient((x) => net.forward(x, { training }), x, {
      ...of,
      analytic: dx,
    });
    for (const [name, analytic] of gradients) {
      const weight = net.weights.get(name)!;
      const data = weight.data.slice();
      checkGradient(
        (w) => {
          weight.data.set(w.data);
          const y = net.forward(x, { training });
          weight.data.set(data);
          return y;
        },
        weight,
        // A key's bias moves no softmax: its gradient is 0 but for rounding.
        { ...of, analytic, epsilon: name.endsWith("keyBias") ? 0.01 : 1e-5 },
      );
    }
  });

  Deno.test(`${kind}: tfjs computes the same, and knew its class before`, async () => {
    await useBackend("cpu");
    const model = toLayersModel(architecture, { weights });
    // A saved model is read where none was made: by the names of its classes.
    const name = model.layers.at(-1)!.getClassName();
    assert(classes.has(name), `tfjsClass of ${kind} is missing: ${name}`);
    const input = toTf(cast(x, "float32"));
    const output = model.predict(input) as TfTensor;
    const { y } = run(false);
    assertEquals(output.shape, [...y.shape]);
    output.dataSync().forEach((value, i) =>
      assert(Math.abs(value - y.data[i]) < 1e-5, `${value} and ${y.data[i]}`)
    );
    [output, input].forEach((tensor) => tensor.dispose());
    model.dispose();
  });

  Deno.test(`${kind}: a step with it can be planned, to the bits of the tape's`, async () => {
    await useBackend("wasm", { threads: 1 });
    const flat = row.outputShape.length === 1 ? [] : [layers.flatten()];
    const ends = [...flat, layers.dense({ units: 3 })];
    const ended = {
      ...architecture,
      layers: [...architecture.layers, ...ends],
    };
    const train = async (on: boolean) => {
      planning.on = on;
      planning.steps = 0;
      const model = toLayersModel(ended, { seed: 1 });
      const trainer = tfTrainer(model), losses: number[] = [];
      for (let seed = 0; seed < 5; seed++) {
        const images = randomNormal([4, 4, 6, 2], seed);
        losses.push(
          (await trainer.step(images, Uint8Array.of(0, 1, 2, 1))).loss,
        );
      }
      trainer.dispose();
      const weights = model.getWeights().map((one) => [...one.dataSync()]);
      model.dispose();
      planning.on = true;
      return { numbers: [losses, ...weights], steps: planning.steps };
    };
    const planned = await train(true);
    assertEquals(planned.numbers, (await train(false)).numbers);
    assertEquals(planned.steps, 3);
  });

  Deno.test(`${kind}: its values see as far as describe() tells, and a drawn kernel counts its products`, () => {
    const { net, y } = run(false);
    const [, height, width, channels] = x.shape;
    // A token's numbers are one place.
    const together = row.outputShape.length === 2 ? row.outputShape[1] : 1;
    const seen = Array.from({ length: y.data.length / together }, () => ({
      rows: [] as number[],
      columns: [] as number[],
    }));
    for (let r = 0; r < height; r++) {
      for (let c = 0; c < width; c++) {
        const moved = cast(x, "float64");
        moved.data[(r * width + c) * channels] += 100;
        net.forward(moved).data.forEach((value, i) => {
          if (value === y.data[i]) return;
          const { rows, columns } = seen[Math.floor(i / together)];
          rows.push(r);
          columns.push(c);
        });
      }
    }
    const span = (places: number[]) =>
      places.length && Math.max(...places) - Math.min(...places) + 1;
    const spans = seen.map(({ rows, columns }) =>
      Math.max(span(rows), span(columns))
    );
    assertEquals(Math.max(...spans), row.receptiveField);
    const single = singles(plan(architecture)).at(-1)!;
    const drawn = weightsOf(single).some(({ start }) => start === "drawn");
    assertEquals(row.multiplyAdds > 0, drawn);
  });

  Deno.test(`${kind}: its box says what it is, and a misspelt setting is refused`, () => {
    const text = JSON.stringify(drawArchitecture(architecture));
    const { settings } = singles(plan(architecture)).at(-1)!;
    assertStringIncludes(text, label(settings));
    assertStringIncludes(text, `${row.name}</b>`);
    assertThrows(
      () => makers[kind]({ ...needed[kind], zzz: 1 }),
      TypeError,
      `layers.${kind}() expects only the options`,
    );
  });
}
