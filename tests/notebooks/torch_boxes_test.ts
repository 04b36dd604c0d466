/** Every box "The same in PyTorch" runs, and gives what it says and what the course gives. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { basename, join } from "node:path";
import { torchPython } from "../../tools/bench/torch.ts";
import {
  notebooksIn,
  readNotebook,
} from "../../tools/homework/notebook/load.ts";
import { root } from "../../tools/paths.ts";
import { output } from "../../tools/process.ts";
import { fixture } from "../tools/fixture.ts";
import { boxesOf, complaintsOf } from "./torch_boxes.ts";

const python = await torchPython(false, () => {});
const { success: installed } = await output([python, "-c", "import torch"]);
if (!installed) {
  console.log(
    "PyTorch is not installed, so no box was run: deno task bench --torch installs it",
  );
}

const notebooks = await Promise.all(
  (await notebooksIn(join(root, "notebooks"))).map(async (path) => ({
    name: basename(path),
    boxes: boxesOf(await readNotebook(path)),
  })),
);
const sources = notebooks.flatMap(({ boxes }) => boxes)
  .map(({ source }) => source);
/** All boxes at once, when the first is asked for: PyTorch takes its time to start. */
let found: Promise<string[][]> | undefined;

for (const { name, boxes } of notebooks) {
  if (boxes.length === 0) continue;
  Deno.test({
    name: `${name}: its PyTorch boxes give what they say`,
    ignore: !installed,
    fn: async () => {
      const all = await (found ??= complaintsOf(python, sources));
      const complaints = boxes.flatMap(({ cell, source }) =>
        all[sources.indexOf(source)].map((problem) => `${cell}: ${problem}`)
      );
      assertEquals(complaints, []);
    },
  });
}

Deno.test("boxesOf() joins the blocks of a box, and leaves other code alone", () => {
  const box = (title: string, ...blocks: string[]) =>
    `<details><summary>${title}</summary>\n\n` +
    blocks.map((block) => "```python\n" + block + "\n```\n").join("\nprose\n") +
    "\n</details>\n";
  const notebook = fixture([
    { type: "markdown", source: box("The same in PyTorch", "a = 1", "a  # 1") },
    { type: "markdown", source: box("Another title", "b") },
    { type: "markdown", source: "```python\nc\n```" },
  ]);
  assertEquals(boxesOf(notebook), [{
    cell: "cell-1",
    source: "a = 1\na  # 1\n",
  }]);
});

/** A box that is right. */
const right = `
x = torch.rand(2, 3, 8, 8)  # [N, C, H, W]
conv = nn.Conv2d(3, 4, 3, stride=2)  # cnn.layers.conv2d({ filters: 4, kernelSize: 3, strides: 2 })
conv(x).shape  # (2, 4, 3, 3)
sum(p.numel() for p in conv.parameters())  # 112
y = F.max_pool2d(x, 2)  # cnn.layers.maxPool2d({ poolSize: 2 })
y = F.relu(y - 0.5)  # (2, 3, 4, 4)
# cnn.mlp({ inputShape: [4, 4, 1], hidden: [5], classes: 3 })
net = nn.Sequential(nn.Flatten(), nn.Linear(16, 5), nn.ReLU(), nn.Linear(5, 3))
logits = net(x[:, :1, :4, :4])
labels = torch.tensor([2, 0])
loss = F.cross_entropy(logits, labels)  # cnn.softmaxCrossEntropy(logits, labels).loss
torch.softmax(torch.tensor([2.0, 1.0, 0.0]), 0)  # [0.665, 0.245, 0.090]
torch.equal(x, x)  # True
`.trim();

/** One wrong line each, and what is said of it. */
const wrong: Record<string, [string, string, RegExp]> = {
  "a shape": ["(2, 4, 3, 3)", "(2, 4, 4, 4)", /line 3 gives .*says/],
  "a count": ["# 112", "# 111", /line 4 gives 112, but/],
  "a digit": ["0.245", "0.255", /line 12 gives/],
  "a truth": ["# True", "# False", /line 13 gives True/],
  "a literal": ["# 112", "# 112 of them", /line 4: no value can be read/],
  "a layer's setting": [
    "strides: 2 }",
    "strides: 1 }",
    /line 2, .*PyTorch \[2,3,3,4\]/,
  ],
  "a layer": [
    "cnn.layers.maxPool2d",
    "cnn.layers.avgPool2d",
    /line 5, .*differs/,
  ],
  "a layer that there is not": [
    "layers.maxPool2d",
    "layers.maxPool",
    /line 5, /,
  ],
  "other weights": [
    "hidden: [5]",
    "hidden: [5, 5]",
    /has 6 weights, and PyTorch's 4/,
  ],
  "other labels": [
    "Entropy(logits, labels)",
    "Entropy(logits, [1, 0])",
    /line 11, .*differs/,
  ],
  "a module never called": [
    "conv(x)",
    "nn.Conv2d(3, 4, 3, stride=2)(x)",
    /never calls/,
  ],
  "a name of nothing": ["conv(x)", "convolution(x)", /^NameError/],
};

Deno.test({
  name: "complaintsOf() finds a right box right, and each wrong one wrong",
  ignore: !installed,
  fn: async () => {
    const wrongs = Object.values(wrong).map(([from, to]) => {
      assert(right.includes(from), from);
      return right.replace(from, to);
    });
    const bare = "y = torch.rand(1)";
    const [fine, ...found] = await complaintsOf(python, [
      right,
      ...wrongs,
      bare,
    ]);
    assertEquals(fine, []);
    Object.entries(wrong).forEach(([name, [, , message]], i) => {
      assertEquals(found[i].length, 1, `${name}: ${found[i]}`);
      assertMatch(found[i][0], message, name);
    });
    assertEquals(found.at(-1), ["no comment says what a line must give"]);
  },
});
