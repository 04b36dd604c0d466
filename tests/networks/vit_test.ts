import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  buildNetwork,
  describe,
  efficientNetLite0,
  forBackbone,
  initialWeights,
  loadBackbone,
  loadPhoto,
  maxDifference,
  permutation,
  randomNormal,
  smallVit,
  softmax,
  tfTrainer,
  toLayersModel,
  useBackend,
  vit,
} from "cnn";

Deno.test("vit() has the published parameters", () => {
  // DeiT's model cards for the first three, timm's for L/16
  const published = {
    "Ti/16": 5_717_416,
    "S/16": 22_050_664,
    "B/16": 86_567_656,
    "L/16": 304_326_632,
  };
  for (const [name, parameters] of Object.entries(published)) {
    const net = describe(vit(name as keyof typeof published));
    assertEquals(net.parameters, parameters, name);
  }
  assertThrows(() => vit("H/14" as "B/16"), TypeError, '"Ti/16"');
});

Deno.test("efficientNetLite0() has the published parameters, with and without batch norm", () => {
  assertEquals(describe(efficientNetLite0()).parameters, 4_652_008);
  const folded = describe(efficientNetLite0({ batchNorm: false }));
  assertEquals(folded.parameters, 4_631_000);
  assertEquals(folded.layers, 50);
});

Deno.test("smallVit() reads patches in another order alike, once its positions move along", () => {
  const net = smallVit({ patch: 7 });
  const weights = initialWeights(net, 4, { dtype: "float64" });
  const x = randomNormal([2, 28, 28, 1], 5, { dtype: "float64" });
  const y = buildNetwork(net, { weights, dtype: "float64" }).forward(x);
  const order = permutation(16, 6);
  const moved = { shape: x.shape, data: x.data.slice() };
  const place = (patch: number, row: number) =>
    (Math.floor(patch / 4) * 7 + row) * 28 + patch % 4 * 7;
  for (let n = 0; n < 2; n++) {
    order.forEach((from, to) => {
      for (let row = 0; row < 7; row++) {
        const start = n * 784 + place(from, row);
        const part = x.data.slice(start, start + 7);
        moved.data.set(part, n * 784 + place(to, row));
      }
    });
  }
  const table = weights.get("positions/table")!;
  const rows = table.data.slice();
  const still = buildNetwork(net, { weights, dtype: "float64" }).forward(moved);
  assert(maxDifference(still, y) > 1e-4, "positions count");
  order.forEach((from, to) => {
    table.data.set(rows.slice(32 * from, 32 * from + 32), 32 * to);
  });
  const both = buildNetwork(net, { weights, dtype: "float64" }).forward(moved);
  assert(maxDifference(both, y) < 1e-10);
});

Deno.test("loadBackbone() names what is on the photos, as the published network does", async () => {
  await useBackend("wasm");
  const { architecture, weights, classNames } = await loadBackbone();
  assertEquals(new Set(classNames.slice(0, 1000)).size >= 998, true);
  const model = toLayersModel(architecture, { weights });
  const reader = tfTrainer(model);
  // PyTorch, with the checkpoint as published: 40.5 %, 94.0 % and 95.9 %
  const published = { chelsea: 0.405, coffee: 0.94, camera: 0.959 };
  const names = ["Egyptian cat", "espresso", "tripod"];
  for (
    const [i, photo] of (["chelsea", "coffee", "camera"] as const).entries()
  ) {
    const input = forBackbone(await loadPhoto(photo));
    const shares = softmax(await reader.logits(input)).data;
    const best = shares.indexOf(Math.max(...shares));
    assertEquals(classNames[best], names[i]);
    assert(Math.abs(shares[best] - published[photo]) < 0.05, `${shares[best]}`);
  }
  reader.dispose();
  model.dispose();
});
