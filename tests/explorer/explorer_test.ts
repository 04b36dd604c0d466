/** What explorer() refuses, and what it puts into a notebook. @module */
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import * as cnn from "cnn";
import { buildExplorer, BUILT } from "../../tools/build_explorer.ts";
import { jupyterDisplay } from "../../lib/kernel/displayable.ts";
import { fromBase64, fromHalf } from "../../lib/explorer/half.ts";
import type { Sent } from "../../lib/explorer/sent.ts";

const { layers } = cnn;
const small = cnn.network("small", [8, 8, 1], [
  layers.conv2d({ filters: 2, kernelSize: 3 }),
  layers.relu(),
  layers.flatten(),
  layers.dense({ units: 3 }),
]);
const network = cnn.buildNetwork(small, { seed: 1 });
const images = cnn.randomUniform([2, 8, 8, 1], 1);

/** The forms in which a notebook gets an explorer. */
const formsOf = (...given: Parameters<typeof cnn.explorer>) =>
  cnn.explorer(...given)[jupyterDisplay]() as Record<string, string>;

/** What the page reads. */
function sentIn(html: string): Sent {
  const json = html.match(/<script type="application\/json">(.*?)<\/script>/)!;
  return JSON.parse(json[1]);
}

Deno.test("built.ts is what lib/explorer/page builds to", async () => {
  const same = await Deno.readTextFile(BUILT) === await buildExplorer();
  assert(
    same,
    "lib/explorer/built.ts is out of date: run deno task build:explorer",
  );
});

Deno.test("explorer() needs nothing from outside and cannot close its own script", () => {
  const html =
    formsOf(network, { labels: ["</script>", "<b>", "'"] })["text/html"];
  // Addresses are names, as that of SVG: nothing loads them. The still picture is
  // there itself.
  assertEquals(
    html.match(
      /\b(?:src(?!="data:image\/png;base64,)|href)=|\bimport\(|\bfetch\(|@import|url\(/g,
    ),
    null,
  );
  assertEquals(
    html.match(/<img [^>]*src="data:image\/png;base64,/g)?.length,
    1,
  );
  assertEquals(html.match(/<script/g)?.length, 2);
  assertEquals(html.match(/<\/script>/g)?.length, 2);
  assertEquals(sentIn(html).labels, ["</script>", "<b>", "'"]);
});

Deno.test("explorer() finds its box by an id, which two outputs do not share", () => {
  const [one, two] = [1, 2].map(() => formsOf(network)["text/html"]);
  const idOf = (html: string) => html.match(/id="(cnn-explorer-[^"]+)"/)![1];
  assert(idOf(one) !== idOf(two));
  assertStringIncludes(one, `getElementById("${idOf(one)}")`);
});

Deno.test("explorer() sends the weights as float16, and pictures of bytes exactly", () => {
  const bytes = cnn.map(images, (v) => Math.fround(Math.round(255 * v) / 255));
  const { networks, images: pictures, range } = sentIn(
    formsOf(network, { images: bytes })["text/html"],
  );
  const sent = fromHalf(fromBase64(networks[0].weights));
  const own = [...network.weights.values()].flatMap(({ data }) => [...data]);
  assertEquals(sent.length, own.length);
  own.forEach((value, i) => assertEquals(sent[i], Math.f16round(value)));
  const back = pictures.flatMap(({ bytes }) => [...fromBase64(bytes!)]);
  assertEquals(Float32Array.from(back, (byte) => byte / 255), bytes.data);
  assertEquals(range, [0, 1]);
  const { images: rough } = sentIn(formsOf(network, { images })["text/html"]);
  const halves = [...fromHalf(fromBase64(rough[1].halves!))];
  assertEquals(halves, [...images.data.slice(64)].map(Math.f16round));
});

Deno.test("explorer() has a picture and words where no script runs", () => {
  const forms = formsOf(network, { images, labels: ["a", "b", "c"] });
  const scores = cnn.softmax(network.forward(cnn.slice(images, 0, 1)));
  const best = cnn.argMax(scores);
  const share = (100 * scores.data[best]).toFixed(1);
  assertMatch(
    forms["text/plain"],
    new RegExp(`it says ${"abc"[best]}, ${share} %`),
  );
  assertEquals([...atob(forms["image/png"]).slice(1, 4)].join(""), "PNG");
  assertStringIncludes(forms["text/html"], "Explorer of small.");
});

Deno.test("explorer() holds a ResNet-20 of 270,000 weights within the limit", () => {
  const resnet = cnn.buildNetwork(cnn.cifarResnet(20), { seed: 1 });
  const bytes = JSON.stringify(formsOf(resnet)).length;
  assert(bytes > 700_000 && bytes < 900_000, `${bytes} bytes`);
});

Deno.test("explorer() names two networks of one architecture apart", () => {
  const names = (html: string) =>
    sentIn(html).networks.map(({ graph }) => graph.name);
  assertEquals(names(formsOf([network, network])["text/html"]), [
    "small A",
    "small B",
  ]);
  const told = formsOf([network, network], { names: ["before", "after"] });
  assertEquals(names(told["text/html"]), ["before", "after"]);
});

Deno.test("explorer() says what it expects", () => {
  // Notebook cells are not type-checked: any value may arrive.
  const call = (...given: unknown[]) => () =>
    cnn.explorer(...(given as Parameters<typeof cnn.explorer>));
  const wide = cnn.network("wide", [28, 28, 1], [
    layers.flatten(),
    layers.dense({ units: 400 }),
  ]);
  const broken = cnn.buildNetwork(small, { seed: 1 });
  broken.weights.get("conv1/bias")!.data[1] = NaN;
  const other = cnn.buildNetwork(cnn.lenet());
  const cases: [() => unknown, typeof TypeError | typeof RangeError, string][] =
    [
      [
        call(undefined),
        TypeError,
        "explorer() expects a network but found undefined: make it with buildNetwork()",
      ],
      [
        call(small),
        TypeError,
        "explorer() expects a network but found an object",
      ],
      [call([]), RangeError, "expects one network or two but found 0"],
      [
        call([network, network, network]),
        RangeError,
        "expects one network or two but found 3",
      ],
      [
        call([network, other]),
        TypeError,
        "for the same pictures but found [8, 8, 1] and [28, 28, 1]",
      ],
      [
        call(cnn.buildNetwork(wide)),
        RangeError,
        "expects at most 300,000 weights in all but found 314,000: make the network narrower",
      ],
      [
        call(broken),
        RangeError,
        'but found NaN in "conv1/bias" of "small": did its training break?',
      ],
      [
        call(network, { labels: ["a", "b"] }),
        TypeError,
        'one text for each of the outputs [3], but found ["a", "b"]: pass names',
      ],
      [call(network, { labels: [0, 1, 2] }), TypeError, "but found [0, 1, 2]"],
      [
        call(network, { images: cnn.zeros([1, 9, 8, 1]) }),
        TypeError,
        "expects images [N, 8, 8, 1], at least one, but found [1, 9, 8, 1]: take some with slice",
      ],
      [
        call(network, { images: cnn.zeros([0, 8, 8, 1]) }),
        TypeError,
        "at least one, but found [0, 8, 8, 1]",
      ],
      [
        call(network, { images: 7 }),
        TypeError,
        "explorer() expects a tensor as images but found 7",
      ],
      [
        call(network, { images: cnn.map(images, () => NaN) }),
        RangeError,
        "expects images of finite numbers but found NaN",
      ],
      [
        call(network, { names: ["a", "b"] }),
        TypeError,
        'expects 1 names but found ["a", "b"]',
      ],
      [
        call(network, { label: [] }),
        TypeError,
        'expects only the options labels, images, names but found "label"',
      ],
      [
        call(network, { images: cnn.randomUniform([6000, 8, 8, 1], 1) }),
        RangeError,
        "with 6000 pictures: show fewer of them",
      ],
    ];
  for (const [work, kind, text] of cases) assertThrows(work, kind, text);
});
