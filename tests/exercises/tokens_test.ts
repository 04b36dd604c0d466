import {
  checkAttention,
  checkInfoNce,
  checkLayerNorm,
  checkLayerNormBackward,
  checkPatchify,
  checkRecallAt,
} from "../../lib/exercises/mod.ts";
import { type Edit, testMistakes } from "./student.ts";

const place = "y.data[to++] =";
const rows = "for (let i = 0; i < s; i++)",
  columns = "for (let j = 0; j < s; j++)";
const deep = "for (let c = 0; c < C; c++)";
const down = "for (let top = 0; top < H; top += s)";
const across = "for (let left = 0; left < W; left += s)";
/** Two loops change places. */
const exchanged = (one: string, other: string): Edit[] => [
  [one, "outer"],
  [other, one],
  ["outer", other],
];

testMistakes(
  checkPatchify,
  `(x, s) => {
    const [N, H, W, C] = x.shape, y = zeros([N, H * W / s / s, s * s * C]);
    let to = 0;
    for (let n = 0; n < N; n++)
      ${down} ${across}
        ${rows} ${columns} ${deep}
          ${place} x.data[((n * H + top + i) * W + left + j) * C + c];
    return y;
  }`,
  [
    ["rows and columns swapped", ...exchanged(rows, columns)],
    ["patches column by column", ...exchanged(down, across)],
    [
      "patches and pixels column by column",
      ...exchanged(rows, columns),
      ...exchanged(down, across),
    ],
    ["channels first", [
      `${rows} ${columns} ${deep}`,
      `${deep} ${rows} ${columns}`,
    ]],
    ["only the first image", ["n < N", "n < 1"]],
  ],
);

const score = "sum / Math.sqrt(d)", power = "Math.exp(a[i][j] - most)";
const most = "Math.max(...a[i])",
  mixes = "w[i][j] * v.data[(n * T + j) * d + c]";
const product = "q.data[(n * T + i) * d + c] * k.data[(n * T + j) * d + c]";

testMistakes(
  checkAttention,
  `(q, k, v) => {
    const [N, T, d] = q.shape, y = zeros(q.shape), all = [...Array(T).keys()];
    for (let n = 0; n < N; n++) {
      const a = all.map((i) => all.map((j) => {
        let sum = 0;
        for (let c = 0; c < d; c++) sum += ${product};
        return ${score};
      }));
      const w = all.map((i) => {
        const most = ${most};
        const e = all.map((j) => ${power});
        const total = e.reduce((one, other) => one + other);
        return e.map((value) => value / total);
      });
      for (const i of all) for (const j of all) for (let c = 0; c < d; c++)
        y.data[(n * T + i) * d + c] += ${mixes};
    }
    return y;
  }`,
  [
    ["no scale", [score, "sum"]],
    ["divided by d, not by its root", [score, "sum / d"]],
    ["multiplied by the root of d", [score, "sum * Math.sqrt(d)"]],
    ["queries and keys swapped", ["q.data[(n * T + i)", "q.data[(n * T + j)"], [
      "k.data[(n * T + j) * d + c];",
      "k.data[(n * T + i) * d + c];",
    ]],
    [
      "softmax over the queries",
      [most, "Math.max(...a.map((row) => row[i]))"],
      [
        power,
        "Math.exp(a[j][i] - most)",
      ],
      ["w[i][j]", "w[j][i]"],
    ],
    ["softmax missing", ["w[i][j]", "a[i][j]"]],
    ["weights applied the wrong way round", ["w[i][j]", "w[j][i]"]],
    ["keys instead of values", ["v.data", "k.data"]],
    ["maximum not subtracted", [power, "Math.exp(a[i][j])"]],
    ["only the first picture", ["n < N", "n < 1"]],
  ],
);

const root = "Math.sqrt(variance + epsilon)";
const spread = "variance += (x.data[n * d + c] - mean) ** 2 / d";
const z = "(x.data[n * d + c] - mean)";

testMistakes(
  checkLayerNorm,
  `(x, { gamma, beta, epsilon }) => {
    const [N, d] = x.shape, y = zeros(x.shape);
    for (let n = 0; n < N; n++) {
      let mean = 0, variance = 0;
      for (let c = 0; c < d; c++) mean += x.data[n * d + c] / d;
      for (let c = 0; c < d; c++) ${spread};
      for (let c = 0; c < d; c++)
        y.data[n * d + c] = gamma.data[c] * ${z} / ${root} + beta.data[c];
    }
    return y;
  }`,
  [
    ["variance divided by d - 1", [spread, spread.replace("/ d", "/ (d - 1)")]],
    ["epsilon outside the root", [root, "(Math.sqrt(variance) + epsilon)"]],
    ["epsilon missing", [root, "Math.sqrt(variance)"]],
    ["root missing", [root, "(variance + epsilon)"]],
    ["mean not subtracted", [
      `gamma.data[c] * ${z}`,
      "gamma.data[c] * x.data[n * d + c]",
    ]],
    ["gamma forgotten", ["gamma.data[c] *", ""]],
    ["beta forgotten", ["+ beta.data[c]", ""]],
    ["gamma and beta forgotten", ["gamma.data[c] *", ""], [
      "+ beta.data[c]",
      "",
    ]],
  ],
);

const dx = "(g[c] - first / d - own[c] * second / d) / root";
const dGamma = "dy.data[n * d + c] * own[c]";

testMistakes(
  checkLayerNormBackward,
  `(x, dy, { gamma, epsilon }) => {
    const [N, d] = x.shape, all = [...Array(d).keys()];
    const dx = zeros([N, d]), dGamma = zeros([d]), dBeta = zeros([d]);
    const total = (list) => list.reduce((one, other) => one + other);
    for (let n = 0; n < N; n++) {
      const row = all.map((c) => x.data[n * d + c]), mean = total(row) / d;
      const root = Math.sqrt(total(row.map((v) => (v - mean) ** 2)) / d + epsilon);
      const own = row.map((v) => (v - mean) / root);
      const g = all.map((c) => gamma.data[c] * dy.data[n * d + c]);
      const first = total(g), second = total(all.map((c) => g[c] * own[c]));
      for (const c of all) {
        dx.data[n * d + c] = ${dx};
        dGamma.data[c] += ${dGamma};
        dBeta.data[c] += dy.data[n * d + c];
      }
    }
    return { dx, dGamma, dBeta };
  }`,
  [
    ["mean and variance taken for constants", [dx, "g[c] / root"]],
    ["the variance's term is missing", [
      dx,
      dx.replace(" - own[c] * second / d", ""),
    ]],
    ["the mean's term is missing", [dx, dx.replace(" - first / d", "")]],
    ["sums instead of means", [dx, dx.replaceAll(" / d", "")]],
    ["not divided by the deviation", [dx, dx.replace(" / root", "")]],
    ["gamma forgotten in dx", ["gamma.data[c] * dy", "dy"]],
    ["dGamma without z", [dGamma, "dy.data[n * d + c]"]],
    ["dGamma of the first row alone", [
      "dGamma.data[c] +=",
      "if (n === 0) dGamma.data[c] +=",
    ], [
      "dBeta.data[c] +=",
      "if (n === 0) dBeta.data[c] +=",
    ]],
  ],
);

const forth =
  "loss += Math.log(total(all.map((j) => Math.exp(s(i, j))))) - s(i, i)";
const back =
  "loss += Math.log(total(all.map((j) => Math.exp(s(j, i))))) - s(i, i)";
const cosine = "a1[i][c] * b1[j][c]";

testMistakes(
  checkInfoNce,
  `(a, b, temperature) => {
    const [N, d] = a.shape, all = [...Array(N).keys()], sizes = [...Array(d).keys()];
    const total = (list) => list.reduce((one, other) => one + other);
    const raw = (x) => all.map((i) => sizes.map((c) => x.data[i * d + c]));
    const unit = (x) => raw(x).map((row) => row.map((v) => v / Math.hypot(...row)));
    const a1 = unit(a), b1 = unit(b);
    const s = (i, j) => total(sizes.map((c) => ${cosine})) / temperature;
    let loss = 0;
    for (const i of all) {
      ${forth};
      ${back};
    }
    return loss / (2 * N);
  }`,
  [
    ["one direction only", [`${back};`, ""], ["(2 * N)", "N"]],
    ["one direction only", [`${forth};`, ""], ["(2 * N)", "N"]],
    ["sum of both directions", ["(2 * N)", "N"]],
    ["multiplied by the temperature", ["/ temperature", "* temperature"]],
    ["temperature left out", ["/ temperature", ""]],
    ["not normalised", ["unit(a), b1 = unit(b)", "raw(a), b1 = raw(b)"]],
    ["only one side normalised", ["b1 = unit(b)", "b1 = raw(b)"]],
    ["only one side normalised", ["a1 = unit(a)", "a1 = raw(a)"]],
    ["sum instead of mean", ["(2 * N)", "2"]],
    ["sign the wrong way round", ["return loss", "return -loss"]],
  ],
);

const ahead = "j !== i && s.data[i * N + j] >= s.data[i * N + i]";

testMistakes(
  checkRecallAt,
  `(s, k) => {
    const [N] = s.shape;
    let hits = 0;
    for (let i = 0; i < N; i++) {
      let ahead = 0;
      for (let j = 0; j < N; j++) if (${ahead}) ahead++;
      if (ahead < k) hits++;
    }
    return hits / N;
  }`,
  [
    ["rows and columns swapped", [
      ahead,
      ahead.replace("i * N + j", "j * N + i"),
    ]],
    ["one place too many", ["ahead < k", "ahead <= k"]],
    ["one place too few", ["j !== i && ", ""]],
    ["ties counted for us", [">=", ">"]],
    ["the least similar first", [">=", "<="]],
    ["a count, not a share", ["hits / N", "hits"]],
  ],
);
