import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  confusionMap,
  featureMaps,
  heatMap,
  kernelGrid,
  randomNormal,
  tensor,
  zeros,
} from "cnn";
import { fixedNumbers } from "../../lib/plot/cell_texts.ts";
import { inkOn } from "../../lib/plot/colours.ts";
import { jupyterDisplay } from "../../lib/kernel/displayable.ts";

interface Heat {
  z: (number | null)[][];
  zmin: number;
  zmax: number;
}
interface Texts {
  x: number[];
  y: number[];
  text: string[];
  textfont: { color: string[] };
}

Deno.test("heatMap() prints its numbers into the cells", () => {
  const { data } = heatMap([[1, 0.5], [-2, 0]]);
  const texts = data[1] as unknown as Texts;
  assertEquals(texts.text, ["1.0", "0.5", "−2.0", "0.0"]);
  assertEquals(texts.x, [0, 1, 0, 1]);
  assertEquals(texts.y, [0, 0, 1, 1]);
});

Deno.test("heatMap() puts white at 0 where there are negative values", () => {
  const heat = heatMap([[1, -3]]).data[0] as unknown as Heat;
  assertEquals([heat.zmin, heat.zmax], [-3, 3]);
  const positive = heatMap([[1, 3]]).data[0] as unknown as Heat;
  assertEquals([positive.zmin, positive.zmax], [0, 3]);
});

Deno.test("heatMap() writes white on dark cells and dark on light ones", () => {
  const texts = heatMap([[0, 10]]).data[1] as unknown as Texts;
  assertEquals(texts.textfont.color, ["#000000", "#FFFFFF"]);
});

Deno.test("inkOn() keeps a contrast of 4.5 on every grey", () => {
  const light = (v: number) => {
    const s = v / 255;
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  };
  for (let v = 0; v <= 255; v++) {
    const ink = inkOn([v, v, v]) === "#FFFFFF" ? 1 : 0;
    const [a, b] = [light(v) + 0.05, ink + 0.05];
    assert(Math.max(a, b) / Math.min(a, b) >= 4.5, `grey ${v}`);
  }
});

Deno.test("heatMap() names rows and columns, or says that their number is wrong", () => {
  const { layout } = heatMap([[1, 2]], { columnNames: ["cat", "dog"] });
  assertEquals(layout.xaxis?.ticktext, ["cat", "dog"]);
  assertThrows(
    () => heatMap([[1, 2]], { columnNames: ["cat"] }),
    TypeError,
    "expects 2 columnNames but found 1",
  );
});

Deno.test("heatMap() rejects other axes and NaN", () => {
  assertThrows(
    () => heatMap(zeros([1, 2, 2])),
    TypeError,
    "expects values [rows, columns] but found [1, 2, 2]",
  );
  assertThrows(() => heatMap([[1, NaN]]), TypeError, "found NaN at place 1");
});

Deno.test("fixedNumbers() never writes a negative zero", () => {
  assertEquals(fixedNumbers([-0.0001, 2.25]), ["0.00", "2.25"]);
});

Deno.test("kernelGrid() reads kernels as [KH, KW, Cin, Cout]", () => {
  // Two filters of 1 x 2: (1, 3) and (2, 4).
  const grid = kernelGrid(tensor([1, 2, 3, 4], [1, 2, 1, 2]));
  const heat = grid.data[0] as unknown as Heat;
  const row = heat.z.find((line) => line.some((v) => v !== null))!;
  assertEquals(row.filter((v) => v !== null), [1, 3, 2, 4]);
  assertEquals([heat.zmin, heat.zmax], [-4, 4]);
  assertThrows(() => kernelGrid(zeros([3, 3])), TypeError, "[KH, KW, 1, 1]");
});

Deno.test("featureMaps() splits [1, H, W, C] into its channels", () => {
  const maps = featureMaps(tensor([1, 10, 2, 20], [1, 1, 2, 2]));
  const heat = maps.data[0] as unknown as Heat;
  const row = heat.z.find((line) => line.some((v) => v !== null))!;
  assertEquals(row.filter((v) => v !== null), [1, 2, 10, 20]);
  assertThrows(
    () => featureMaps(zeros([2, 4, 4, 1])),
    TypeError,
    "take one image with slice(maps, 0, 1)",
  );
});

Deno.test("featureMaps() of a photo stays small enough for a notebook", () => {
  const maps = featureMaps(randomNormal([1, 300, 400, 6], 1));
  assert(JSON.stringify(maps[jupyterDisplay]()).length < 900_000);
  assertEquals((maps.data[0] as { type: string }).type, "image");
});

Deno.test("confusionMap() colours shares of a row and prints counts", () => {
  const map = confusionMap(tensor([[8, 2], [0, 100]]), ["cat", "dog"]);
  assertEquals((map.data[0] as unknown as Heat).z, [[0.8, 0.2], [0, 1]]);
  assertEquals((map.data[1] as unknown as Texts).text, ["8", "2", "0", "100"]);
  assertThrows(
    () => confusionMap(zeros([2, 3]), []),
    TypeError,
    "make them with confusionMatrix()",
  );
});
