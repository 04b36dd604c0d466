import { batchNorm } from "../../lib/layers/mod.ts";
import { checkBatchNorm } from "../../lib/exercises/mod.ts";
import { assertPasses, testMistakes } from "./student.ts";

const SOLUTION = `(x, { gamma, beta, epsilon }) => {
  const C = x.shape.at(-1), image = x.data.length / x.shape[0];
  const area = image / C;
  const groupOf = (i) => i % C;
  const channelOf = (i) => i % C;
  const sums = new Map(), counts = new Map(), squares = new Map();
  const give = (map, key, value) => map.set(key, (map.get(key) ?? 0) + value);
  x.data.forEach((v, i) => { give(sums, groupOf(i), v); give(counts, groupOf(i), 1); });
  const meanOf = (i) => sums.get(groupOf(i)) / counts.get(groupOf(i));
  x.data.forEach((v, i) => give(squares, groupOf(i), (v - meanOf(i)) ** 2));
  const y = zeros(x.shape);
  x.data.forEach((v, i) => {
    const count = counts.get(groupOf(i));
    const variance = squares.get(groupOf(i)) / count;
    const z = (v - meanOf(i)) / Math.sqrt(variance + epsilon);
    y.data[i] = gamma.data[channelOf(i)] * z + beta.data[channelOf(i)];
  });
  return y;
}`;

const root = "Math.sqrt(variance + epsilon)";
const scale = "gamma.data[channelOf(i)] * z";
const shift = " + beta.data[channelOf(i)]";
const group = "const groupOf = (i) => i % C;";
const groupedBy = (key: string) =>
  [group, `const groupOf = (i) => ${key};`] as const;

testMistakes(checkBatchNorm, SOLUTION, [
  ["variance divided by N - 1", [
    "squares.get(groupOf(i)) / count",
    "squares.get(groupOf(i)) / (count - 1)",
  ]],
  ["epsilon outside the root", [root, "(Math.sqrt(variance) + epsilon)"]],
  ["epsilon missing", [root, "Math.sqrt(variance)"]],
  ["root missing", [root, "(variance + epsilon)"]],
  ["mean not subtracted", ["const z = (v - meanOf(i))", "const z = v"]],
  ["mean of squares instead of the variance", [
    "(v - meanOf(i)) ** 2",
    "v ** 2",
  ]],
  ["gamma and beta forgotten", [scale + shift, "z"]],
  ["gamma forgotten", [scale, "z"]],
  ["beta forgotten", [shift, ""]],
  ["beta added before gamma", [
    scale + shift,
    `gamma.data[channelOf(i)] * (z${shift})`,
  ]],
  [
    "statistics over the wrong axes",
    groupedBy("Math.floor(i / image) * C + i % C"),
  ],
  ["statistics over the wrong axes", groupedBy("0")],
  ["statistics over the wrong axes", groupedBy("Math.floor(i / image)")],
  ["statistics over the wrong axes", groupedBy("i % image")],
  [
    "NHWC/NCHW swap",
    groupedBy("Math.floor(i / area) % C"),
    [
      "const channelOf = (i) => i % C;",
      "const channelOf = (i) => Math.floor(i / area) % C;",
    ],
  ],
  ["ReLU applied", [scale + shift, `Math.max(0, ${scale + shift})`]],
]);

Deno.test("checkBatchNorm() accepts the library", async () => {
  await assertPasses(checkBatchNorm, batchNorm);
});
