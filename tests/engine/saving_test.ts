import { assert, assertEquals } from "@std/assert";
import {
  type Architecture,
  cifarResnet,
  initialWeights,
  layers,
  network,
  randomNormal,
  toLayersModel,
  toTf,
  useBackend,
  vgg,
} from "cnn";
import type { io, LayersModel, Tensor } from "@tensorflow/tfjs";
import { assertClose } from "./compare.ts";

const nets: Record<string, Architecture> = {
  dropout: network("dropout", [4, 4, 4], [
    layers.dropout({ rate: 0.25 }),
    layers.flatten(),
    layers.dense({ units: 2 }),
  ]),
  groups: network("groups", [5, 6, 4], [
    layers.conv2d({
      ...{ filters: 6, kernelSize: [3, 2], groups: 2, strides: [2, 1] },
      ...{ padding: "same", useBias: false },
    }),
    layers.conv2d({ filters: 4, kernelSize: 1, groups: 2 }),
  ]),
  "dilated groups": network("dilated", [6, 6, 4], [
    layers.conv2d({ filters: 4, kernelSize: 2, groups: 2, dilations: 2 }),
    layers.conv2d({ filters: 8, kernelSize: 2, groups: 4, dilations: [1, 2] }),
  ]),
  padShortcut: network("padShortcut", [5, 5, 3], [
    layers.padShortcut({ filters: 7, strides: [2, 3] }),
    layers.padShortcut({ filters: 8 }),
  ]),
  "a padded mean": network("mean", [5, 5, 3], [
    layers.avgPool2d({ poolSize: 3, strides: 2, padding: "same" }),
  ]),
  "a small VGG": vgg(11, {
    width: 1 / 16,
    classes: 4,
    inputShape: [32, 32, 3],
  }),
  "a ResNet for CIFAR": cifarResnet(8, { width: 0.25 }),
  tokens: network("tokens", [4, 4, 2], [
    layers.maxout({ pieces: 2 }),
    layers.patchify({ size: 2 }),
    layers.classToken(),
    layers.position({ trainable: false }),
    layers.layerNorm({ epsilon: 0.01 }),
    layers.attention({ heads: 2 }),
    layers.firstToken(),
    layers.l2Normalize(),
  ]),
};

/** What a save writes and a load reads, without a file. */
async function saved(model: LayersModel): Promise<io.ModelArtifacts> {
  const { tf } = await useBackend();
  let artifacts: io.ModelArtifacts | undefined;
  await model.save(tf.io.withSaveHandler((made) => {
    artifacts = made;
    return Promise.resolve({
      modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" },
    });
  }));
  // as a file would hold it
  const { modelTopology, weightSpecs, weightData } = artifacts!;
  return {
    modelTopology: JSON.parse(JSON.stringify(modelTopology)),
    weightSpecs,
    weightData,
  };
}

for (const [name, architecture] of Object.entries(nets)) {
  Deno.test(`a saved model with ${name} loads again and computes the same`, async () => {
    for (const engine of ["wasm", "cpu"] as const) {
      const { tf } = await useBackend(engine);
      const weights = initialWeights(architecture, 3);
      const model = toLayersModel(architecture, { weights });
      const artifacts = await saved(model);
      const again = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
      const x = toTf(randomNormal([2, ...architecture.inputShape], 4));
      const [expected, found] = [model, again]
        .map((one) => [...(one.predict(x) as Tensor).dataSync()]);
      assertClose(found, expected, `${name} on ${engine}`, 1e-6);
      // Its layers keep their settings: saved once more, the file is the same.
      assertEquals(
        (await saved(again)).modelTopology,
        artifacts.modelTopology,
      );
      model.dispose();
      again.dispose();
      x.dispose();
    }
  });
}

Deno.test("a loaded dropout drops again, by its seed", async () => {
  const { tf } = await useBackend("cpu");
  const model = toLayersModel(nets.dropout, { seed: 5 });
  const artifacts = await saved(model);
  const run = (model: LayersModel) =>
    tf.tidy(() => [
      ...(model.layers[1].apply(tf.ones([1, 4, 4, 4]), {
        training: true,
      }) as Tensor)
        .dataSync(),
    ]);
  const first = run(model);
  assert(first.includes(0), `${first}`);
  const again = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
  assertEquals(run(again), first);
  model.dispose();
  again.dispose();
});
