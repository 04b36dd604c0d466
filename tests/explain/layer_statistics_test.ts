import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  activations,
  buildNetwork,
  layers,
  layerStatistics,
  network,
  randomUniform,
  tensor,
} from "cnn";

Deno.test("layerStatistics() tells std, zeros and dead units of each layer", () => {
  const net = buildNetwork(
    network("n", [1, 1, 2], [
      layers.flatten(),
      layers.dense({ units: 3 }),
      layers.relu(),
    ]),
    { seed: 1 },
  );
  // units: the first input, minus it, always -1
  net.weights.get("dense1/kernel")!.data.set([1, -1, 0, 0, 0, 0]);
  net.weights.get("dense1/bias")!.data.set([0, 0, -1]);
  const rows = layerStatistics(net, tensor([[[[2, 0]]], [[[4, 0]]]]));
  assertEquals(rows.map(({ layer }) => layer), ["flatten1", "dense1", "relu1"]);
  // [2, 0], [4, 0]: mean 1.5; [2, -2, -1], [4, -4, -1]: mean -1/3
  assertAlmostEquals(rows[0].std, Math.sqrt(11 / 4), 1e-6);
  assertAlmostEquals(rows[1].std, Math.sqrt(42 / 6 - 1 / 9), 1e-6);
  assertEquals([rows[0].zeros, rows[0].dead], [0.5, 0.5]);
  assertEquals([rows[1].zeros, rows[1].dead], [0, 0]);
  assertAlmostEquals(rows[2].zeros, 4 / 6, 1e-12);
  assertAlmostEquals(rows[2].dead, 2 / 3, 1e-12);
});

Deno.test("layerStatistics() agrees with activations()", async () => {
  const net = buildNetwork(
    network("n", [6, 6, 1], [
      layers.conv2d({ filters: 3, kernelSize: 3 }),
      layers.relu(),
    ]),
    { seed: 2 },
  );
  const images = randomUniform([5, 6, 6, 1], 3);
  const rows = layerStatistics(net, images);
  const { data } = await activations(net, "relu1", images);
  const zeros = data.filter((value) => value === 0).length / data.length;
  assertEquals(rows[1].zeros, zeros);
});

Deno.test("layerStatistics() wants a from-scratch network and images", () => {
  const net = buildNetwork(network("n", [2, 2, 1], [layers.flatten()]));
  assertThrows(
    () => layerStatistics({} as never, tensor([1])),
    TypeError,
    "layerStatistics() expects a from-scratch network",
  );
  assertThrows(
    () => layerStatistics(net, 3 as never),
    TypeError,
    "layerStatistics() expects",
  );
});
