/** The explorer of a page, drawn into with the mouse, beside the library itself. */
import { assert, assertEquals, assertGreater } from "@std/assert";
import type { Page } from "playwright-core";
import { root } from "../../tools/paths.ts";

// deno-lint-ignore no-explicit-any -- the page's own objects
type Any = any;

export const lenet = `import * as cnn from "cnn";
const file = new URL("weights/lenet-mnist.safetensors", cnn.dataFolder);
const weights = await cnn.loadWeights(file, cnn.lenet());
const network = cnn.buildNetwork(cnn.lenet(), { weights });`;

/** Runs a program with the library; gives what it prints. */
export async function runCode(code: string): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--ext=ts", "-"],
    cwd: root,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(code));
  await writer.close();
  const { stdout } = await child.output();
  return new TextDecoder().decode(stdout);
}

/**
 * What the library itself says: `network` with its own weights, and `rounded` with
 * those that went to the page.
 */
export async function library(pixels: number[]): Promise<{
  shares: number[];
  roundedShares: number[];
  conv2: number[];
}> {
  return JSON.parse(
    await runCode(`${lenet}
const x = cnn.tensor(Float32Array.from(${
      JSON.stringify(pixels)
    }), [1, 28, 28, 1]);
const half = new Map([...weights].map(([name, w]) => [name, cnn.map(w, Math.f16round)]));
const rounded = cnn.buildNetwork(cnn.lenet(), { weights: half });
const sharesOf = (net: cnn.Network) => [...cnn.softmax(net.forward(x)).data];
console.log(JSON.stringify({
  shares: sharesOf(network),
  roundedShares: sharesOf(rounded),
  conv2: [...rounded.activations.get("conv2")!.data],
}));`),
  );
}

/** From now on notes the pixels that the explorer saw last. */
export async function watch(page: Page): Promise<() => Promise<number[]>> {
  await page.evaluate(() => {
    const here = globalThis as Any;
    here.document.querySelector(".cnn-explorer")
      .addEventListener("cnn-explorer", ({ detail }: Any) => {
        here.cnnPixels = [...detail.pixels];
      });
  });
  return () => page.evaluate(() => (globalThis as Any).cnnPixels);
}

/** The shares of the answer by class. */
export const sharesIn = (page: Page) =>
  page.locator(".cnn-explorer .answer li").evaluateAll((rows) =>
    rows.map((row: Any) => Number(row.dataset.share))
  );

/** Strokes on the pad with the mouse, from point to point in shares of its side. */
export async function draw(page: Page, points: [x: number, y: number][]) {
  const pad = page.locator(".cnn-explorer .pad");
  await pad.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await pad.boundingBox())!;
  const to = ([across, down]: [number, number]) =>
    [x + across * width, y + down * height] as const;
  await page.mouse.move(...to(points[0]));
  await page.mouse.down();
  for (const point of points) {
    await page.mouse.move(...to(point), { steps: 8 });
  }
  await page.mouse.up();
  await page.waitForTimeout(200);
}

export const largest = (a: number[], b: number[]) =>
  Math.max(...a.map((value, i) => Math.abs(value - b[i])));

/** Draws a seven with the mouse; fails unless the library says of it what the page says. */
export async function drawSeven(page: Page) {
  const pixels = await watch(page);
  await page.getByRole("button", { name: "clear" }).first().click();
  await draw(page, [[0.28, 0.27], [0.72, 0.27], [0.45, 0.78]]);
  const drawn = await pixels();
  assertGreater(drawn.filter((v) => v > 0.5).length, 40, "ink on the pad");
  const own = await library(drawn);
  const shares = await sharesIn(page);
  assertEquals(shares.length, 10);
  assert(largest(shares, own.roundedShares) < 1e-5, `${shares}`);
  assert(largest(shares, own.shares) < 1e-3, `${shares} and ${own.shares}`);
  assertEquals(shares.indexOf(Math.max(...shares)), 7);
  return { pixels, drawn, own };
}
