import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  type Architecture,
  type Layer,
  layers,
  network,
  useBackend,
} from "cnn";
import { joins, layerKinds } from "../../../lib/layers/kinds.ts";
import type { Case } from "../../../tools/fuzz/case.ts";
import { check } from "../../../tools/fuzz/compare.ts";
import {
  offerRecorder,
  type Recorded,
  recorder,
} from "../../../lib/engine/planned.ts";
import {
  type Engine,
  engines,
  type Found,
  reference,
} from "../../../tools/fuzz/engines.ts";
import { randomCase } from "../../../tools/fuzz/generate.ts";
import { failureText, fuzz } from "../../../tools/fuzz/run.ts";
import { stepsDifference } from "../../../tools/fuzz/steps.ts";

/** The reference with another value in the place of what it finds. */
const wrong = (
  change: (found: Found, value: Case) => void,
): Record<string, Engine> => ({
  wrong: async (value, numeric) => {
    const found = await reference(value, numeric) as Found;
    change(found, value);
    return found;
  },
});

/** Every layer that computes something, branches too. */
function singles(layers: readonly Layer[]): Layer[] {
  return layers.flatMap((layer) =>
    layer.kind === "sequence"
      ? singles(layer.layers)
      : layer.kind === "parallel"
      ? singles(layer.branches)
      : [layer]
  );
}

/** The architecture with each layer changed, branches too. */
function changed(
  layers: readonly Layer[],
  change: (layer: Layer) => Layer,
): Layer[] {
  return layers.map((layer) =>
    layer.kind === "sequence"
      ? { ...layer, layers: changed(layer.layers, change) }
      : layer.kind === "parallel"
      ? { ...layer, branches: changed(layer.branches, change) }
      : change(layer)
  );
}

/** The reference on a network whose layers an engine misunderstands. */
const misreading = (
  change: (layer: Layer) => Layer,
): Record<string, Engine> => ({
  wrong: (value, numeric) => {
    const architecture: Architecture = {
      ...value.architecture,
      layers: changed(value.architecture.layers, change),
    };
    return reference({ ...value, architecture }, numeric);
  },
});

const single = (failed: { case: Case } | undefined) => {
  const { layers } = failed!.case.architecture;
  assertEquals(layers.length, 1, JSON.stringify(layers));
  return layers[0] as Layer & Record<string, unknown>;
};

Deno.test("the fuzz finds an engine that forgets a depthwise layer's dilations", async () => {
  const against = misreading((layer) =>
    layer.kind === "conv2d" && (layer.groups ?? 1) > 1
      ? { ...layer, dilations: 1 }
      : layer
  );
  const { cases, failure } = await fuzz({ seed: 1, count: 400, against });
  assert(failure !== undefined && cases <= 100, `${cases} cases`);
  const layer = single(failure);
  assertEquals(layer.kind, "conv2d");
  assert(layer.dilations !== undefined && layer.groups !== undefined);
});

Deno.test("the fuzz finds an engine that computes zeros where a stride outruns the kernel", async () => {
  const outruns = ({ kind, ...layer }: Layer & Record<string, unknown>) => {
    const pair = (value: unknown) => [value ?? 1].flat() as number[];
    const [kernel, strides] = [pair(layer.kernelSize), pair(layer.strides)];
    return kind === "conv2d" && layer.padding === "same" &&
      [0, 1].some((i) => (strides[i] ?? strides[0]) > (kernel[i] ?? kernel[0]));
  };
  const against = wrong((found, { architecture }) => {
    const hit = singles(architecture.layers).some((layer) =>
      outruns(layer as Layer & Record<string, unknown>)
    );
    if (hit) found.get("y")!.data.fill(0);
  });
  const { cases, failure } = await fuzz({ seed: 1, count: 400, against });
  assert(failure !== undefined && cases <= 200, `${cases} cases`);
  assert(outruns(single(failure)));
});

Deno.test("the fuzz finds a NaN that vanishes from the output", async () => {
  const against = wrong((found) => {
    const { data } = found.get("y")!;
    data.forEach((v, i) => data[i] = Number.isNaN(v) ? 0 : v);
  });
  const { failure } = await fuzz({ seed: 1, count: 100, against });
  assertEquals(failure?.case.numbers, "nan");
  assertStringIncludes(failure!.message, "is 0 but NaN is right");
});

Deno.test("the fuzz finds a gradient of max pooling that shares ties", async () => {
  const against = wrong((found, { architecture, numbers }) => {
    const pools = singles(architecture.layers).some(({ kind }) =>
      kind === "maxPool2d"
    );
    if (numbers === "ties" && pools) {
      const { data } = found.get("dx")!;
      data.set([...data].map((v) => v / 2));
    }
  });
  const { failure } = await fuzz({ seed: 1, count: 200, against });
  assertStringIncludes(failure!.message, "dx[");
});

Deno.test("the fuzz finds gradients that do not fit the definitions, in any part", async () => {
  for (const part of ["dx", "d conv1/kernel", "d conv1/bias", "d bn1/gamma"]) {
    const against = wrong((found) => {
      const { data } = found.get(part) ?? { data: new Float64Array() };
      for (let i = 0; i < data.length; i++) data[i] *= 1.01;
    });
    const { failure } = await fuzz({ seed: 1, count: 300, against });
    assertStringIncludes(failure!.message, `${part}[`);
  }
});

Deno.test("where the terms of a sum cancel, the fuzz excuses what they round by and no more", async () => {
  // what a layer of rows of length 1 puts out does not know the scale of its input
  const value: Case = {
    seed: 1,
    architecture: network("scaled", [4, 2, 1], [
      layers.layerNorm(), // beta alone, as rows of one number go
      layers.conv2d({ filters: 8, kernelSize: 2, strides: 2, useBias: false }),
      layers.l2Normalize(),
    ]),
    ...{ batch: 3, training: false, numbers: "normal" },
  };
  for (const [error, agrees] of [[1e-5, true], [1e-3, false]] as const) {
    const engines = wrong((found) => found.get("d ln1/beta")!.data[0] += error);
    const failure = await check(value, engines);
    assertEquals(failure === undefined, agrees, failure?.message);
    const others = wrong((found) => found.get("d ln1/gamma")!.data[0] += error);
    assert(await check(value, others), "gamma moves nothing, without rounding");
  }
});

Deno.test("the fuzz finds planned steps that forget new images, and most networks are planned", async () => {
  let planned = 0;
  await useBackend("wasm", { threads: 1 });
  for (let seed = 1; seed <= 40; seed++) {
    const value = randomCase(seed);
    const count = (steps: number) => planned += steps > 0 ? 1 : 0;
    assertEquals(await stepsDifference(value, count), undefined);
  }
  assert(planned >= 12, `${planned} of 40 are planned`);
  const right = recorder()!;
  const record: typeof right.record = (weights, inputs, work) => {
    let first: Parameters<Recorded["replay"]>[0] | undefined;
    const recorded = right.record(weights, inputs, work);
    const replay = recorded.replay.bind(recorded);
    recorded.replay = (given) => replay(first ??= given);
    return recorded;
  };
  offerRecorder({ ...right, record });
  try {
    const against = { steps: engines.steps };
    const { failure } = await fuzz({ seed: 1, count: 40, against });
    assertStringIncludes(failure!.message, "planned, ");
  } finally {
    offerRecorder(right);
  }
});

Deno.test("a failure is printed with its network and the line that runs it again", async () => {
  const against = wrong((found) => found.get("y")!.data[0] += 1);
  const { failure } = await fuzz({ seed: 5, count: 1, against });
  const text = failureText(failure!);
  assertStringIncludes(text, "seed 5 fails on wrong: y[0] is ");
  assertStringIncludes(text, '{"kind":');
  assertStringIncludes(text, "again: deno task fuzz --seed 5 --count 1");
  assertEquals(failure!.case.architecture.inputShape, [1, 1, 1]);
});

Deno.test("random networks hold every kind of layer and every option", () => {
  const kinds = new Set<string>(), options = new Set<string>();
  for (let seed = 1; seed <= 400; seed++) {
    const value = randomCase(seed);
    options.add(`numbers ${value.numbers}`).add(`training ${value.training}`);
    const walk = (layer: Layer) => {
      kinds.add(layer.kind === "parallel" ? layer.join : layer.kind);
      if (layer.kind === "sequence") return layer.layers.forEach(walk);
      if (layer.kind === "parallel") return layer.branches.forEach(walk);
      Object.keys(layer).forEach((name) =>
        options.add(`${layer.kind} ${name}`)
      );
      if (layer.kind === "conv2d" && (layer.groups ?? 1) > 1) {
        const { dilations, strides, kernelSize } = layer;
        if (dilations) options.add("dilated groups");
        if (JSON.stringify(kernelSize) === "1" && strides) {
          options.add("outrun");
        }
      }
    };
    value.architecture.layers.forEach(walk);
  }
  const all = [...layerKinds, "sequence", ...Object.keys(joins)];
  assertEquals([...kinds].sort(), all.sort());
  for (
    const option of [
      ...["numbers normal", "numbers ties", "numbers nan"],
      ...["training true", "training false", "dilated groups", "outrun"],
      ...["filters", "kernelSize", "strides", "dilations", "padding"]
        .map((name) => `conv2d ${name}`),
      ...["conv2d groups", "conv2d useBias", "dense useBias"],
      ...["maxPool2d", "avgPool2d"].flatMap((kind) =>
        ["poolSize", "strides", "padding"].map((name) => `${kind} ${name}`)
      ),
      ...["batchNorm epsilon", "batchNorm momentum", "dropout rate"],
      ...["padShortcut filters", "padShortcut strides"],
    ]
  ) assert(options.has(option), option);
});
