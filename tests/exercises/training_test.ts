import { assertEquals, assertRejects } from "@std/assert";
import { softmaxCrossEntropy } from "../../lib/layers/mod.ts";
import { buildNetwork, mlp } from "../../lib/networks/mod.ts";
import { evaluate } from "../../lib/measure/mod.ts";
import { fit, scratchTrainer } from "../../lib/train/mod.ts";
import type { ImageSet } from "../../lib/data/mod.ts";
import {
  checkCrossEntropyGradient,
  CheckError,
  checkGradCam,
  checkHonestReport,
  checkMomentum,
  checkRateSweep,
} from "../../lib/exercises/mod.ts";
import { assertPasses, quietly, testMistakes } from "./student.ts";

const power = "Math.exp(logits.data[n * C + c])";
const total = "let sum = 0;";
const value = "(p - (labels[n] === c ? 1 : 0)) / N";

testMistakes(
  checkCrossEntropyGradient,
  `(logits, labels) => {
    const [N, C] = logits.shape;
    const result = zeros([N, C]);
    for (let n = 0; n < N; n++) {
      ${total}
      for (let c = 0; c < C; c++) sum += ${power};
      for (let c = 0; c < C; c++) {
        const p = ${power} / sum;
        result.data[n * C + c] = ${value};
      }
    }
    return result;
  }`,
  [
    ["sum instead of mean over the batch", [value, value.replace(" / N", "")]],
    ["divided by the classes", [value, value.replace(" / N", " / C")]],
    ["sign the wrong way round", [value, `-${value}`]],
    ["target forgotten", [value, "p / N"]],
    ["target forgotten", [value, "p"]],
    ["softmax missing", [`${power} / sum`, "logits.data[n * C + c]"]],
    ["exp without its sum", [`${power} / sum`, power]],
    ["exp forgotten", [power, "logits.data[n * C + c]"]],
    ["only the first label", ["labels[n]", "labels[0]"]],
    ["only the right class", [value, `labels[n] === c ? ${value} : 0`]],
    ["softmax over the batch", [total, ""], [
      `for (let c = 0; c < C; c++) sum += ${power};`,
      "",
    ], [
      `const p = ${power} / sum`,
      `let sum = 0; for (let m = 0; m < N; m++) sum += ${
        power.replace("n *", "m *")
      };
       const p = ${power} / sum`,
    ]],
    ["one sum for all rows", [total, "let sum = 0; const all = logits.data;"], [
      `for (let c = 0; c < C; c++) sum += ${power}`,
      "for (const v of all) sum += Math.exp(v)",
    ]],
  ],
);

const next = "momentum * velocity.data[i] + gradient.data[i]";
const step = "weights.data[i] - learningRate * v.data[i]";

testMistakes(
  checkMomentum,
  `(weights, gradient, velocity, { learningRate, momentum }) => {
    const w = zeros(weights.shape), v = zeros(weights.shape);
    for (let i = 0; i < w.data.length; i++) {
      v.data[i] = ${next};
      w.data[i] = ${step};
    }
    return { weights: w, velocity: v };
  }`,
  [
    ["uphill instead of downhill", [step, step.replace(" - ", " + ")]],
    ["momentum forgotten", [next, "gradient.data[i]"]],
    ["the old velocity moves the weights", [
      step,
      "weights.data[i] - learningRate * velocity.data[i]",
    ]],
    ["velocity not updated", ["velocity: v", "velocity"]],
    ["velocity not updated", [next, "gradient.data[i]"], [
      "velocity: v",
      "velocity",
    ]],
    ["momentum forgotten", [
      step,
      "weights.data[i] - learningRate * gradient.data[i]",
    ]],
    ["learning rate inside the velocity", [
      "+ gradient.data[i]",
      "+ learningRate * gradient.data[i]",
    ], ["learningRate * v.data[i]", "v.data[i]"]],
    ["learning rate inside the velocity", [
      "+ gradient.data[i]",
      "+ learningRate * gradient.data[i]",
    ]],
    ["gradient weakened", ["+ gradient", "+ (1 - momentum) * gradient"]],
    ["momentum on the gradient", [
      next,
      "velocity.data[i] + momentum * gradient.data[i]",
    ]],
    ["the whole velocity kept", ["momentum * velocity", "velocity"]],
    ["learning rate forgotten", ["learningRate * v.data[i]", "v.data[i]"]],
  ],
);

const chosenBy = "mean(of(name, 'validation'))";
const reported = "mean(of(best, 'test'))";

testMistakes(
  checkHonestReport,
  `(runs) => {
    const mean = (values) => values.reduce((a, b) => a + b) / values.length;
    const of = (name, part) =>
      runs.filter((run) => run.recipe === name).map((run) => run[part]);
    const names = [...new Set(runs.map((run) => run.recipe))];
    const scores = names.map((name) => ${chosenBy});
    const best = names[scores.indexOf(Math.max(...scores))];
    return ${reported};
  }`,
  [
    ["chosen on the test set", ["'validation'", "'test'"]],
    ["chosen on the training set", ["'validation'", "'train'"]],
    ["validation accuracy reported", ["'test'", "'validation'"]],
    ["training accuracy reported", ["'test'", "'train'"]],
    ["the best test run", [reported, "Math.max(...runs.map((r) => r.test))"]],
    ["chosen by one lucky seed", [
      chosenBy,
      "Math.max(...of(name, 'validation'))",
    ]],
    ["the best seed reported", [reported, "Math.max(...of(best, 'test'))"]],
    ["mean over all recipes", [reported, "mean(runs.map((r) => r.test))"]],
  ],
);

/** A sweep as the exercise asks for it, with parts to spoil. */
async function sweep(
  rates: number[],
  train: ImageSet,
  validation: ImageSet,
  { once = false, seed = 1, read = validation } = {},
) {
  const make = (learningRate: number) =>
    scratchTrainer(buildNetwork(mlp({ hidden: [32] }), { seed }), {
      optimizer: "sgd",
      learningRate,
    });
  const kept = make(rates[0]);
  const accuracies: number[] = [];
  for (const rate of rates) {
    const trainer = once ? kept : make(rate);
    trainer.learningRate = rate;
    await fit(trainer, train, { epochs: 3, batchSize: 25, seed: 1 });
    accuracies.push((await evaluate(trainer, read)).accuracy);
  }
  const best = rates[accuracies.indexOf(Math.max(...accuracies))];
  return { accuracies, best };
}

Deno.test("checkRateSweep() accepts a right sweep", async () => {
  await assertPasses(checkRateSweep, sweep);
});

// deno-lint-ignore no-explicit-any
const wrongSweeps: Record<string, (...given: any[]) => unknown> = {
  "measured on the training pictures": (rates, train, validation) =>
    sweep(rates, train, validation, { read: train }),
  "one network for all rates": (...given: Parameters<typeof sweep>) =>
    sweep(given[0], given[1], given[2], { once: true }),
  "wrong accuracies": (rates, train, validation) =>
    sweep(rates, train, validation, { seed: 2 }),
  "the place instead of the rate": async (rates, train, validation) => {
    const { accuracies, best } = await sweep(rates, train, validation);
    return { accuracies, best: rates.indexOf(best) };
  },
  "the accuracy instead of the rate": async (rates, train, validation) => {
    const { accuracies } = await sweep(rates, train, validation);
    return { accuracies, best: Math.max(...accuracies) };
  },
  "not the best rate": async (rates, train, validation) => {
    const { accuracies } = await sweep(rates, train, validation);
    const worst = accuracies.indexOf(Math.min(...accuracies));
    return { accuracies, best: rates[worst] };
  },
  "not one accuracy a rate": () => ({ accuracies: [0.9], best: 0.1 }),
  "an error": () => {
    throw new Error("out of digits");
  },
  "not implemented": () => {
    throw new Error("Not implemented: exercise A.5");
  },
};

for (const [mistake, fn] of Object.entries(wrongSweeps)) {
  Deno.test(`checkRateSweep() names "${mistake}"`, async () => {
    const error = await assertRejects(
      () => quietly(() => checkRateSweep(fn as never, { exercise: "9.9" })),
      CheckError,
    );
    assertEquals(error.mistake, mistake, error.message);
  });
}

Deno.test("checkCrossEntropyGradient() accepts the library", async () => {
  await assertPasses(
    checkCrossEntropyGradient,
    (logits: never, labels: never) =>
      softmaxCrossEntropy(logits, labels).dLogits,
  );
});

const weight = "gradients.data[place * C + c] / (h * w)";
const term = "weights[c] * maps.data[place * C + c]";
const kept = "Math.max(0, sum)";

testMistakes(
  checkGradCam,
  `(maps, gradients) => {
    const [, h, w, C] = maps.shape;
    const grid = zeros([h, w]), weights = new Array(C).fill(0);
    for (let place = 0; place < h * w; place++) {
      for (let c = 0; c < C; c++) weights[c] += ${weight};
    }
    for (let place = 0; place < h * w; place++) {
      let sum = 0;
      for (let c = 0; c < C; c++) sum += ${term};
      grid.data[place] = ${kept};
    }
    return grid;
  }`,
  [
    ["negative sums kept", [kept, "sum"]],
    ["negative channels dropped", [
      term,
      term.replace("weights[c]", "Math.max(0, weights[c])"),
    ]],
    ["sum instead of mean of the gradient", [term, `h * w * ${term}`]],
    ["mean over the channels too", [term, `${term} / C`]],
    ["the gradient of the place instead of its mean", [
      term,
      term.replace("weights[c]", "gradients.data[place * C + c]"),
    ]],
    ["the sign of a gradient lost", [
      term,
      term.replace("weights[c]", "Math.abs(weights[c])"),
    ]],
    ["maps and gradients swapped", [
      weight,
      weight.replace("gradients", "maps"),
    ], [
      term,
      term.replace("maps", "gradients"),
    ]],
    ["gradients alone", [term, "weights[c]"]],
    ["height and width swapped", ["zeros([h, w])", "zeros([w, h])"], [
      `grid.data[place] = ${kept}`,
      `grid.data[place % w * h + Math.floor(place / w)] = ${kept}`,
    ]],
  ],
);
