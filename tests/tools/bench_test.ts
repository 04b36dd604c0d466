import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { Child } from "../../tools/bench/child.ts";
import { coreLimit } from "../../tools/bench/core_limit.ts";
import { busyText, Others } from "../../tools/bench/machine.ts";
import { measureNet, type Row } from "../../tools/bench/measure.ts";
import { memoryNeed } from "../../tools/bench/memory_need.ts";
import { benchOptions } from "../../tools/bench/options.ts";
import { profileText } from "../../tools/bench/profile.ts";
import {
  absentText,
  productsOf,
  reportText,
} from "../../tools/bench/report.ts";
import { singleText } from "../../tools/bench/singles.ts";
import { numberText, spreadOf } from "../../tools/bench/statistics.ts";
import { root } from "../../tools/paths.ts";
import { SetupError } from "../../tools/process.ts";

Deno.test("spreadOf() gives median and quartiles, as by hand", () => {
  assertEquals(spreadOf([4, 1, 3, 2]), {
    median: 2.5,
    low: 1.75,
    high: 3.25,
    rounds: 4,
  });
  assertEquals(spreadOf([5]), { median: 5, low: 5, high: 5, rounds: 1 });
});

Deno.test("spreadOf() refuses no values and no speeds", () => {
  assertThrows(() => spreadOf([]), RangeError, "found none");
  assertThrows(() => spreadOf([1, NaN]), RangeError, "found NaN");
  assertThrows(() => spreadOf([0]), RangeError, "found 0");
});

Deno.test("numberText() keeps the digits that count", () => {
  assertEquals(
    [1234.5, 99.7, 12.34, 0.5].map(numberText),
    ["1235", "100", "12", "0.50"],
  );
});

Deno.test("benchOptions() says what there is instead of what was asked", () => {
  assertThrows(
    () => benchOptions(["--nets=alexnet"]),
    SetupError,
    '--nets expects names from lenet, resnet20, vgg, vit, lite0, lite0x8 but found "alexnet"',
  );
  assertThrows(() => benchOptions(["--engines="]), SetupError, 'found ""');
  assertThrows(() => benchOptions(["--fast"]), SetupError, "--fast");
  assertThrows(
    () => benchOptions(["--quick", "--nets=none"]),
    SetupError,
    "something to measure",
  );
});

Deno.test("benchOptions() reads lists, with dashes for spaces", () => {
  const options = benchOptions([
    "--quick",
    "--nets=vgg,lenet,vgg",
    "--engines=stock-wasm, torch 1 thread",
  ]);
  assertEquals(options.nets, ["vgg", "lenet"]);
  assertEquals(options.engines, ["stock wasm", "torch 1 thread"]);
  assertEquals(options.singles, false);
  assertEquals(benchOptions([]).singles, true);
  assertEquals(benchOptions([]).profile, false);
  assertEquals(benchOptions(["--profile"]).profile, true);
});

const spread = (median: number) => ({ median, low: 90, high: 900, rounds: 7 });
const someRows: Row[] = [
  { net: "lenet", engine: "wasm", batch: 64, train: spread(300) },
  { net: "lenet", engine: "torch 1 thread", batch: 64, train: spread(200) },
  { net: "lenet", engine: "stock cpu", batch: 64, train: spread(2) },
  { net: "vgg", engine: "webgpu", batch: 32, unavailable: "no adapter" },
  { net: "lenet", engine: "webgpu", batch: 64, unavailable: "no adapter" },
];

Deno.test("reportText() sets ratios of medians beside the speeds", () => {
  const [, , first, ...others] = reportText(someRows).split("\n");
  assertMatch(first, /training +wasm +64 +300 +90 to 900 +7 +1\.5 +150$/);
  assertEquals(others.length, 2); // no row without a speed
});

Deno.test("reportText() gives the quartiles of the rounds' ratios to PyTorch", () => {
  const ratio = { median: 1.25, low: 1.125, high: 1.5, rounds: 7 };
  const [, , row] = reportText([{
    ...{ net: "lenet", engine: "wasm all threads", batch: 64 },
    train: spread(300),
    toTorch: { train: ratio },
  }]).split("\n");
  assertMatch(row, /wasm all threads .* 1\.3 \(1\.1 to 1\.5\) +-$/);
});

Deno.test("productsOf() counts LeNet's products as by hand", () => {
  // Two convolutions, three dense layers, and no gradient by the picture.
  const first = 28 * 28 * 6 * 25, second = 10 * 10 * 16 * 6 * 25;
  const dense = 400 * 120 + 120 * 84 + 84 * 10;
  assertEquals(productsOf("lenet", "infer"), first + second + dense);
  assertEquals(productsOf("lenet", "train"), 2 * first + 3 * (second + dense));
});

Deno.test("reportText() gives the share of the limit of the cores at work", () => {
  const rows = (["wasm", "wasm all threads", "torch 1 thread"] as const).map((
    engine,
  ) => ({ net: "lenet", engine, batch: 64, train: spread(10_000) }));
  // 2 * 1,131,960 products of 10,000 images a second are 22.6 GFLOP/s.
  const lines = reportText(rows, { core: 50, cores: 2 }).split("\n");
  assertMatch(lines[0], /% of limit$/);
  assertEquals(lines.slice(2).map((line) => line.split(/ +/).at(-1)), [
    "45",
    "23",
    "45",
  ]);
});

Deno.test("absentText() says each reason once", () => {
  assertEquals(absentText(someRows), "webgpu: no adapter");
});

Deno.test("singleText() names value, unit and spread", () => {
  const single = { what: "loading", unit: "s", ...spreadOf([1, 2, 3]) };
  assertEquals(
    singleText(single),
    "loading: 2.00 s (quartiles 1.50 to 2.50, 3 runs)",
  );
});

Deno.test("profileText() tells of both threads' kernels, jobs and the rest", async () => {
  const text = await profileText("lenet", 60);
  const [title, heads, , ...lines] = text.split("\n");
  assertMatch(title, /^LeNet.*batch 64: \d+ jobs divided, \d+ whole$/);
  assertMatch(heads, /1 thread +2 threads +gain$/);
  const ms = Object.fromEntries(lines.map((line) => {
    const [, name, one, two] = line.match(/^(.+?) +([\d.]+) +([\d.]+) +\S+$/)!;
    return [name, [Number(one), Number(two)]];
  }));
  for (const kernel of ["BiasedConv2D", "Conv2DBackpropFilter"]) {
    for (const i of [0, 1]) {
      assert(ms[`- ${kernel}`][i] > 0 && ms[`- ${kernel}`][i] < ms.step[i]);
    }
  }
});

Deno.test("busyText() speaks up where other programs are at work", () => {
  assertEquals(busyText(), undefined);
  assertEquals(busyText(0.05), undefined);
  assertMatch(busyText(0.4)!, /40 % of the processor during the rounds/);
});

Deno.test({
  name: "an engine at work is none of the others, a stranger is",
  ignore: Deno.build.os !== "linux", // elsewhere engines wait during a look
  async fn() {
    const stranger = new Others(), engine = new Others();
    assertEquals(engine.share, undefined);
    const burner = new Deno.Command(Deno.execPath(), {
      args: ["eval", "for (;;);"],
    }).spawn();
    await stranger.look([]);
    await engine.look([burner.pid]);
    await new Promise((done) => setTimeout(done, 1500));
    await stranger.look([]);
    await engine.look([burner.pid]);
    burner.kill("SIGKILL");
    await burner.status;
    // A processor's hundredth is counted wherever a tick falls.
    assert(
      engine.share! < stranger.share! - 0.02,
      `${engine.share} and ${stranger.share}`,
    );
  },
});

Deno.test("memoryNeed() counts weights four times and outputs twice", () => {
  const rows = [{ outputShape: [2, 3] }, { outputShape: [4] }];
  assertEquals(memoryNeed({ parameters: 5, rows }, 8), 4 * (20 + 2 * 8 * 10));
});

Deno.test("measureNet() measures engines in turn and says what is not there", async () => {
  const [wasm, scratch, torch] = await measureNet(
    "vgg",
    ["wasm", "scratch", "torch 1 thread"],
    { rounds: 1, seconds: 0.01 },
    "no-python-of-that-name",
    () => {},
  );
  assertEquals(wasm.train!.median > 0 && scratch.infer!.median > 0, true);
  assertMatch(torch.unavailable!, /no program no-python-of-that-name/);
  assertEquals(wasm.toTorch, { train: undefined, infer: undefined });
});

Deno.test("measureNet() sets engines beside the one with as many threads", async () => {
  let looks = 0;
  const rows = await measureNet(
    "lenet",
    ["wasm", "wasm all threads", "model.fit"],
    { rounds: 2, seconds: 0.01 },
    "no-python-of-that-name",
    () => {},
    () => Promise.resolve(void looks++),
  );
  assertEquals(looks, 4); // before and after each round
  assertEquals(rows.map(({ engine, train }) => [engine, train!.rounds]), [
    ["wasm", 2],
    ["wasm all threads", 2],
    ["model.fit", 2],
  ]);
});

Deno.test("coreLimit() is more than any product reaches", () => {
  // 4 lanes, 2 operations, 1 to 4 a turn, 0.5 to 8 billion turns a second
  const limit = coreLimit(20);
  assertEquals(limit > 1 && limit < 300, true, `${limit} GFLOP/s`);
});

Deno.test("Child says what its program wrote before it broke", async () => {
  const broken = new Child(
    [Deno.execPath(), "eval", "console.error('out of luck'); Deno.exit(1)"],
    root,
  );
  assertMatch((await broken.greeting).unavailable!, /out of luck/);
  await broken.stop();

  const script = "console.log('{}'); await Deno.stdin.read(new Uint8Array(9));";
  const ends = new Child([Deno.execPath(), "eval", script], root);
  await ends.greeting;
  await assertRejects(
    () => ends.measure("train", 1),
    SetupError,
    'failed in mode "train": its process ended',
  );
  await ends.stop();
});
