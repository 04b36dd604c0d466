import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { measureNet, type Row } from "../../tools/bench/measure.ts";
import { benchOptions } from "../../tools/bench/options.ts";
import { absentText, reportText } from "../../tools/bench/report.ts";
import { speedText, spreadOf } from "../../tools/bench/statistics.ts";
import { SetupError } from "../../tools/process.ts";

Deno.test("spreadOf() gives median and quartiles, as by hand", () => {
  assertEquals(spreadOf([4, 1, 3, 2]), { median: 2.5, low: 1.75, high: 3.25 });
  assertEquals(spreadOf([5]), { median: 5, low: 5, high: 5 });
});

Deno.test("spreadOf() refuses no values and no speeds", () => {
  assertThrows(() => spreadOf([]), RangeError, "found none");
  assertThrows(() => spreadOf([1, NaN]), RangeError, "found NaN");
  assertThrows(() => spreadOf([0]), RangeError, "found 0");
});

Deno.test("speedText() keeps the digits that count", () => {
  assertEquals([1234.5, 12.34, 0.5].map(speedText), ["1235", "12", "0.50"]);
});

Deno.test("benchOptions() says what there is instead of what was asked", () => {
  assertThrows(
    () => benchOptions(["--nets=alexnet"]),
    SetupError,
    '--nets expects names from lenet, resnet20, vgg but found "alexnet"',
  );
  assertThrows(() => benchOptions(["--fast"]), SetupError, "--fast");
  assertEquals(benchOptions(["--quick", "--nets=vgg"]).nets, ["vgg"]);
});

Deno.test("reportText() sets ratios of medians beside the speeds", () => {
  const spread = (median: number) => ({ median, low: 100, high: 900 });
  const rows: Row[] = [
    { net: "lenet", engine: "wasm", train: spread(300), infer: spread(50) },
    { net: "lenet", engine: "torch 1 thread", train: spread(200) },
    { net: "vgg", engine: "webgpu", unavailable: "no adapter" },
  ];
  const [, , first] = reportText(rows).split("\n");
  assertMatch(first, /wasm +300 +100 to 900 +1\.50 +- +50 +-$/);
  assertMatch(absentText(rows), /^small VGG.*webgpu: no adapter$/);
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
});
