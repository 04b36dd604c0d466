/** Every layer against PyTorch's values in double precision. */
import { assert } from "@std/assert";
import {
  attention,
  attentionBackward,
  avgPool2d,
  avgPool2dBackward,
  batchNorm,
  batchNormBackward,
  classToken,
  classTokenBackward,
  conv2d,
  conv2dBackward,
  conv2dNaive,
  conv2dNaiveBackward,
  dense,
  denseBackward,
  type DType,
  firstToken,
  firstTokenBackward,
  globalAvgPool2d,
  globalAvgPool2dBackward,
  infoNce,
  l2Normalize,
  l2NormalizeBackward,
  layerNorm,
  layerNormBackward,
  maxPool2d,
  maxPool2dBackward,
  patchify,
  patchifyBackward,
  position,
  positionBackward,
  relu,
  relu6,
  relu6Backward,
  reluBackward,
  softmax,
  softmaxCrossEntropy,
  type Tensor,
  tensor,
  tokenMean,
  tokenMeanBackward,
} from "cnn";
import { assertClose } from "./close.ts";

interface Stored {
  shape: number[];
  data: number[];
}
// deno-lint-ignore no-explicit-any
type Case = Record<string, any> & { op: string; name: string };
type Results = Record<string, Tensor | number>;
type Run = (c: Case, t: (name: string) => Tensor) => Results;

const cases = ["layers", "tokens"].flatMap((file) => {
  const path = new URL(`../reference/${file}.json`, import.meta.url);
  return (JSON.parse(Deno.readTextFileSync(path)) as { cases: Case[] }).cases;
});

const RUNS: Record<string, Run> = {
  conv2d: (c, t) => {
    const options = { ...c.options, bias: t("bias") };
    const y = conv2d(t("x"), t("kernel"), options);
    const back = conv2dBackward(t("x"), t("kernel"), t("dy"), c.options);
    return { y, ...back };
  },
  conv2dNaive: (c, t) => {
    const options = { ...c.options, bias: t("bias") };
    const y = conv2dNaive(t("x"), t("kernel"), options);
    const back = conv2dNaiveBackward(t("x"), t("kernel"), t("dy"), options);
    return { y, ...back };
  },
  maxPool2d: (c, t) => ({
    y: maxPool2d(t("x"), c.options),
    dx: maxPool2dBackward(t("x"), t("dy"), c.options),
  }),
  avgPool2d: (c, t) => ({
    y: avgPool2d(t("x"), c.options),
    dx: avgPool2dBackward(t("x"), t("dy"), c.options),
  }),
  globalAvgPool2d: (_, t) => ({
    y: globalAvgPool2d(t("x")),
    dx: globalAvgPool2dBackward(t("x"), t("dy")),
  }),
  dense: (_, t) => ({
    y: dense(t("x"), t("kernel"), { bias: t("bias") }),
    ...denseBackward(t("x"), t("kernel"), t("dy")),
  }),
  relu: (_, t) => ({
    y: relu(t("x")),
    dx: reluBackward(t("x"), t("dy")),
  }),
  softmax: (_, t) => ({ y: softmax(t("x")) }),
  softmaxCrossEntropy: (c, t) => ({
    ...softmaxCrossEntropy(t("logits"), c.labels),
  }),
  batchNorm: (c, t) => {
    const options = { ...c.options, gamma: t("gamma"), beta: t("beta") };
    for (const name of ["mean", "variance"]) {
      if (c[name]) options[name] = t(name);
    }
    return {
      y: batchNorm(t("x"), options),
      ...batchNormBackward(t("x"), t("dy"), options),
    };
  },
  attention: (c, t) => ({
    y: attention(t("q"), t("k"), t("v"), c.options),
    ...attentionBackward(t("q"), t("k"), t("v"), t("dy"), c.options),
  }),
  layerNorm: (c, t) => {
    const options = { ...c.options, gamma: t("gamma"), beta: t("beta") };
    return {
      y: layerNorm(t("x"), options),
      ...layerNormBackward(t("x"), t("dy"), options),
    };
  },
  patchify: (c, t) => ({
    y: patchify(t("x"), c.size),
    dx: patchifyBackward(t("x"), t("dy"), c.size),
  }),
  relu6: (_, t) => ({
    y: relu6(t("x")),
    dx: relu6Backward(t("x"), t("dy")),
  }),
  l2Normalize: (_, t) => ({
    y: l2Normalize(t("x")),
    dx: l2NormalizeBackward(t("x"), t("dy")),
  }),
  tokenMean: (_, t) => ({
    y: tokenMean(t("x")),
    dx: tokenMeanBackward(t("x"), t("dy")),
  }),
  firstToken: (_, t) => ({
    y: firstToken(t("x")),
    dx: firstTokenBackward(t("x"), t("dy")),
  }),
  position: (_, t) => ({
    y: position(t("x"), t("table")),
    ...positionBackward(t("x"), t("dy")),
  }),
  classToken: (_, t) => ({
    y: classToken(t("x"), t("token")),
    ...classTokenBackward(t("x"), t("dy")),
  }),
  infoNce: (c, t) => ({ ...infoNce(t("A"), t("B"), c.options) }),
};

const naive = cases.filter((c) => c.op === "conv2d")
  .map((c) => ({ ...c, op: "conv2dNaive" }) as Case);

for (const c of [...cases, ...naive]) {
  for (const dtype of ["float32", "float64"] as DType[]) {
    Deno.test(`${c.op}() agrees with PyTorch: ${c.name}, ${dtype}`, () => {
      const load = (name: string) => {
        const { shape, data } = c[name] as Stored;
        return tensor(data, shape, { dtype });
      };
      const results = RUNS[c.op](c, load);
      let compared = 0;
      for (const [name, found] of Object.entries(results)) {
        if (c[name] === undefined) continue;
        const expected = typeof found === "number"
          ? { shape: [], data: [c[name] as number] }
          : c[name] as Stored;
        const value = typeof found === "number"
          ? tensor(found, [], { dtype: "float64" })
          : found;
        // The file keeps 7 decimals, so half of the last one is allowed.
        const tolerance = dtype === "float64" ? 1e-9 : 1e-5;
        assertClose(value, expected, { tolerance, rounded: 5.1e-8, name });
        compared++;
      }
      assert(compared > 0, "the case holds none of the results");
    });
  }
}
