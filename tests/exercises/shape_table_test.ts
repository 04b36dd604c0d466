import { assertEquals } from "@std/assert";
import { checkShapeTable, type ShapeRow } from "../../lib/exercises/mod.ts";
import {
  describe,
  googlenet,
  layers,
  network,
} from "../../lib/networks/mod.ts";
import { assertRefused, quietly } from "./student.ts";

const net = network("n", [12, 14, 3], [
  layers.conv2d({ filters: 6, kernelSize: 5 }), // 0
  layers.batchNorm(), // 1
  layers.relu(), // 2
  layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: "same" }), // 3
  layers.conv2d({ filters: 5, kernelSize: [2, 3], useBias: false }), // 4
  layers.maxPool2d({ poolSize: 2, strides: 1 }), // 5
  layers.flatten(), // 6
  layers.dense({ units: 10 }), // 7
]);

/** The right table of a network, written as a student would. */
const tableOf = (of: typeof net): ShapeRow[] =>
  describe(of).rows.map((row) => ({
    layer: row.name,
    shape: [...row.outputShape],
    parameters: row.parameters,
    multiplyAdds: row.multiplyAdds,
  }));

const columns = ["shape", "parameters", "multiplyAdds"] as const;

Deno.test("checkShapeTable() accepts the right table, of branches too", async () => {
  for (const one of [net, googlenet({ classes: 10 })]) {
    const options = { exercise: "9.9", columns };
    const lines = await quietly(() =>
      checkShapeTable(tableOf(one), one, options)
    );
    assertEquals(lines.length, 1);
  }
});

const SLIPS: [mistake: string, row: number, Partial<ShapeRow>][] = [
  ["padding same taken for valid", 0, { shape: [12, 14, 6] }],
  ["padding valid taken for same", 3, { shape: [3, 4, 4] }],
  ["stride ignored", 3, { shape: [8, 10, 4] }],
  ["missing + 1", 0, { shape: [7, 9, 6] }],
  ["one place too many", 0, { shape: [9, 11, 6] }],
  ["channels first", 0, { shape: [6, 8, 10] }],
  ["channels of the input kept", 0, { shape: [8, 10, 3] }],
  ["height and width swapped", 0, { shape: [10, 8, 6] }],
  ["channels left out", 0, { shape: [8, 10] }],
  ["batch axis written", 0, { shape: [1, 8, 10, 6] }],
  ["nothing changed", 0, { shape: [12, 14, 3] }],
  ["channels forgotten", 6, { shape: [4] }],
  ["wrong shape", 0, { shape: [77, 3, 2] }],
  ["wrong shape", 0, { shape: undefined }],
  ["bias forgotten", 0, { parameters: 450 }],
  ["bias counted where there is none", 4, { parameters: 125 }],
  ["input channels forgotten", 0, { parameters: 156 }],
  ["filters forgotten", 0, { parameters: 81 }],
  ["one bias for the whole layer", 0, { parameters: 451 }],
  ["places counted", 0, { parameters: 456 * 80 }],
  ["bias forgotten", 7, { parameters: 200 }],
  ["inputs and units added", 7, { parameters: 30 }],
  ["moving averages counted", 1, { parameters: 24 }],
  ["only one of gamma and beta", 1, { parameters: 6 }],
  ["gamma and beta left out", 1, { parameters: 0 }],
  ["wrong parameters", 2, { parameters: 6 }],
  ["places forgotten", 0, { multiplyAdds: 450 }],
  ["input channels forgotten", 0, { multiplyAdds: 25 * 6 * 80 }],
  ["filters forgotten", 0, { multiplyAdds: 75 * 80 }],
  ["parameters instead of products", 0, { multiplyAdds: 456 }],
  ["wrong multiply-adds", 0, { multiplyAdds: 1 }],
];

for (const [mistake, row, wrong] of SLIPS) {
  const [[column, value]] = Object.entries(wrong);
  Deno.test(`checkShapeTable() names "${mistake}" for ${value} as ${column}`, async () => {
    const rows = tableOf(net);
    rows[row] = { ...rows[row], ...wrong };
    const error = await assertRefused(
      () => checkShapeTable(rows, net, { exercise: "9.9", columns }),
      mistake,
    );
    const place = `Row ${row + 1}, "${rows[row].layer}", column ${column}`;
    assertEquals(error.message.includes(place), true, error.message);
  });
}

Deno.test("checkShapeTable() looks only at the columns of the exercise", async () => {
  const rows = tableOf(net).map((row) => ({ ...row, parameters: -1 }));
  const options = { exercise: "9.9", columns: ["shape"] as const };
  assertEquals(
    (await quietly(() => checkShapeTable(rows, net, options))).length,
    1,
  );
});

Deno.test("checkShapeTable() wants a row for each layer, in their order", async () => {
  const rows = tableOf(net);
  const odd = [rows.slice(1), rows.toReversed(), [...rows, rows[0]], [], {}];
  for (const one of [...odd, undefined, [null]]) {
    await assertRefused(
      () => checkShapeTable(one as never, net, { exercise: "9.9" }),
      "not one row a layer",
    );
  }
});
