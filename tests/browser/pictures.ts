/**
 * `deno task pictures`: the pictures of the README, taken from the book's pages
 * (`deno task book` makes them first), into docs/pictures/, in the light and in
 * the dark where that differs. A film becomes an animated PNG, a ledger its first
 * rows.
 */
import type { Locator, Page } from "playwright-core";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { root } from "../../tools/paths.ts";
import { siteFolder } from "../../tools/site/publish.ts";
import { serve } from "../../tools/site/serve.ts";
import { findBrowser, remedy } from "./find_browser.ts";
import { openBrowser, openPage } from "./lab.ts";

// deno-lint-ignore no-explicit-any -- the page's own objects
type Any = any;

/** A picture: its page, and what of it is seen. */
interface Subject {
  page: string;
  element: (page: Page) => Locator;
  /** A film's pictures, where it is one; each is seen this many milliseconds. */
  pause?: number;
  /** Whether it looks otherwise in the dark; figures are on white paper. */
  themes?: boolean;
}

/** The n-th figure below a heading. */
const figure = (page: Page, heading: string, n: number) =>
  page.locator(`section#${heading} .cnn-figure`).nth(n);

const subjects: Record<string, Subject> = {
  explorer: {
    page: "00_purpose.html",
    element: (page) => page.locator(".cnn-explorer").first(),
    themes: true,
  },
  film: {
    page: "02_convolution.html",
    element: (page) => figure(page, "slide-it", 1),
    pause: 700,
  },
  maps: {
    page: "02_convolution.html",
    element: (page) => figure(page, "edge-filters-on-a-photo", 1),
  },
  ledger: {
    page: "02_convolution.html",
    element: (page) => page.locator(".cnn-ledger").first(),
    themes: true,
  },
};

/** Pictures of the same size as one that moves, for ever. */
function animated(pictures: Uint8Array[], milliseconds: number): Uint8Array {
  const out: Uint8Array[] = [pictures[0].subarray(0, 8)];
  const number = (value: number) => {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value);
    return bytes;
  };
  const add = (name: string, ...parts: Uint8Array[]) => {
    const body = joined([new TextEncoder().encode(name), ...parts]);
    out.push(number(body.length - 4), body, number(crc32(body)));
  };
  let turn = 0;
  for (const [i, picture] of pictures.entries()) {
    const view = new DataView(picture.buffer, picture.byteOffset);
    for (let at = 8; at < picture.length;) {
      const length = view.getUint32(at);
      const name = new TextDecoder().decode(picture.subarray(at + 4, at + 8));
      const body = picture.subarray(at + 8, at + 8 + length);
      at += 12 + length;
      if (name === "IHDR") {
        if (i === 0) {
          add("IHDR", body);
          add("acTL", number(pictures.length), number(0));
        }
        add(
          "fcTL",
          ...[number(turn++), body.subarray(0, 8), number(0), number(0)],
          Uint8Array.of(milliseconds >> 8, milliseconds & 255, 3, 232, 0, 0),
        );
      } else if (name === "IDAT") {
        if (i === 0) add("IDAT", body);
        else add("fdAT", number(turn++), body);
      }
    }
  }
  add("IEND");
  return joined(out);
}

function joined(parts: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** One picture of an element, or one of each place of its film. */
async function take(
  element: Locator,
  pause: number | undefined,
): Promise<Uint8Array> {
  if (pause === undefined) return await element.screenshot();
  const plot = element.locator(".js-plotly-plot");
  const count: number = await plot.evaluate((node: Any) =>
    node._transitionData._frames.length
  );
  const pictures: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    await plot.evaluate(
      async (node: Any, i) => {
        const { name } = node._transitionData._frames[i];
        await (globalThis as Any).Plotly.animate(node, [name], {
          mode: "immediate",
          frame: { duration: 0, redraw: true },
          transition: { duration: 0 },
        });
      },
      i,
    );
    pictures.push(await element.screenshot());
  }
  return animated(pictures, pause);
}

/** Has this machine a font for Korean? Without one each letter is the same box. */
async function hasKorean(page: Page): Promise<boolean> {
  const [one, other] = await page.evaluate(() =>
    ["가", "힣"].map((letter) => {
      const canvas = (globalThis as Any).document.createElement("canvas");
      const context = canvas.getContext("2d");
      context.font = "40px sans-serif";
      context.fillText(letter, 10, 60);
      return canvas.toDataURL();
    })
  );
  return one !== other;
}

const program = findBrowser();
if (!program) throw new Error(remedy);
const browser = await openBrowser(program);
const folder = join(root, "docs", "pictures");
await Deno.mkdir(folder, { recursive: true });
{
  await using site = serve(siteFolder, "/course");
  const { page, context } = await openPage(browser);
  if (!await hasKorean(page)) {
    throw new Error(
      "The ledger's pictures show words of Korean, but this machine has no font for them: install one, such as Debian's fonts-noto-cjk",
    );
  }
  await context.close();
  for (
    const [name, { page: address, element, pause, themes }] of Object.entries(
      subjects,
    )
  ) {
    for (const colorScheme of ["light", "dark"] as const) {
      if (colorScheme === "dark" && !themes) continue;
      const { page, context } = await openPage(browser, { width: 1200 });
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.goto(`${site.address}/${address}`);
      await page.waitForFunction(() =>
        [...(globalThis as Any).document.querySelectorAll(".cnn-figure")]
          .every((box: Any) => box.querySelector(".main-svg"))
      );
      await page.addStyleTag({
        content:
          ".modebar-container, .cnn-ledger tbody tr:nth-child(n+4), .bd-header-article, .skip-link, #pst-skip-link { display: none !important }" +
          " .cnn-explorer { height: 754px; overflow: hidden; --cnn-explorer-top: -999px !important }",
      });
      const bytes = await take(element(page), pause);
      const file = themes ? `${name}-${colorScheme}.png` : `${name}.png`;
      await Deno.writeFile(join(folder, file), bytes);
      console.log(`docs/pictures/${file}: ${bytes.length} bytes`);
      await context.close();
    }
  }
}
await browser.close();
