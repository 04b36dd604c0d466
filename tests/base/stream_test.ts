import { assert, assertNotEquals, assertThrows } from "@std/assert";
import {
  batchesOf,
  buildNetwork,
  dropout,
  glorotUniform,
  initialWeights,
  layers,
  loadMnist,
  network,
  permutation,
  random,
  randomNormal,
  type Tensor,
  zeros,
} from "cnn";
import { type Purpose, streamFor } from "../../lib/base/stream.ts";

/** Share of places where a condition holds for two lists. */
function share(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  holds: (a: number, b: number) => boolean,
): number {
  return Array.from(a).filter((value, i) => holds(value, b[i])).length /
    a.length;
}

const ones = (shape: number[]): Tensor => {
  const x = zeros(shape);
  x.data.fill(1);
  return x;
};

Deno.test("dropout before a layer drops what it drops whatever the layer's weights are", () => {
  for (const seed of [1, 2, 3, 11]) {
    const drop = network("drop", [1, 1, 400], [
      layers.flatten(),
      layers.dropout({ rate: 0.5, name: "drop" }),
      layers.dense({ units: 1, name: "dense" }),
    ]);
    const net = buildNetwork(drop, { seed });
    net.forward(ones([1, 1, 1, 400]), { training: true });
    const kept = net.activations.get("drop")!.data;
    const weights = net.weights.get("dense/kernel")!.data;
    // By chance one half; a deviation is 0.025.
    const together = share(kept, weights, (y, w) => (y === 0) === (w < 0));
    assert(Math.abs(together - 0.5) < 0.1, `seed ${seed}: ${together}`);
  }
});

Deno.test("dropout() with a seed is not drawn from the numbers of random(seed)", () => {
  const { mask } = dropout(ones([400]), { rate: 0.5, seed: 5 });
  const stream = random(5);
  const draws = Array.from({ length: 400 }, () => stream.uniform());
  const together = share(mask.data, draws, (m, u) => (m === 0) === (u < 0.5));
  assert(Math.abs(together - 0.5) < 0.1, `${together}`);
});

Deno.test("weights are not the numbers that a caller draws from the same seed", () => {
  const dense = network("dense", [1, 1, 400], [
    layers.flatten(),
    layers.dense({ units: 1, name: "dense" }),
  ]);
  const kernel = initialWeights(dense, 7).get("dense/kernel")!;
  const own = glorotUniform([400, 1], 7);
  const same = share(kernel.data, own.data, (a, b) => (a < 0) === (b < 0));
  assert(Math.abs(same - 0.5) < 0.1, `${same}`);
});

Deno.test("a shuffle is another order than a sample or a permutation of the seed", async () => {
  const digits = await loadMnist({ split: "test", limit: 200 });
  const drawn = await loadMnist({ split: "test", seed: 3 });
  const [batch] = batchesOf(digits, { batchSize: 200, seed: 3 });
  const order = permutation(200, 3);
  assertNotEquals([...batch.indices], [...order]);
  const sampled = permutation(10000, 3);
  const labels = await loadMnist({ split: "test" });
  assert(
    share(drawn.labels, sampled, (label, at) => label === labels.labels[at]) <
      0.2,
  );
});

Deno.test("streamFor() gives each purpose and each seed other numbers", () => {
  const purposes: Purpose[] = [
    ...["weights", "dropout", "shuffle", "augment"] as const,
    ...["sample", "places"] as const,
  ];
  const seen = new Set<number>();
  for (let seed = -20; seed < 200; seed++) {
    seen.add(random(seed).uniform());
    for (const purpose of purposes) {
      seen.add(streamFor(seed, purpose).uniform());
    }
  }
  assert(seen.size >= 220 * 7 - 1, `${seen.size}`);
});

Deno.test("streamFor() refuses a seed that is no whole number", () => {
  assertThrows(
    () => streamFor(1.5, "weights"),
    RangeError,
    "expects a whole number as the seed but found 1.5",
  );
  assertThrows(() => randomNormal([1], NaN), RangeError, "but found NaN");
});
