/**
 * Looks at the whole book in a browser, page by page: dead links inside it,
 * figures that are not drawn, errors of the console, requests that leave, and
 * pages that are wider than the window. `deno task book --check` calls it.
 */
import { join, posix } from "node:path";
import { lessons } from "../../tools/site/course.ts";
import { filesBelow, siteFolder } from "../../tools/site/publish.ts";
import { serve } from "../../tools/site/serve.ts";
import { root } from "../../tools/paths.ts";
import { findBrowser, remedy } from "./find_browser.ts";
import { openBrowser, openPage, type Watched } from "./lab.ts";
import { pictureOf } from "./notebook_page.ts";

// deno-lint-ignore no-explicit-any -- the page's own objects
type Any = any;

const problems: string[] = [];
const files = new Set(await filesBelow(siteFolder));
const pages = [...files].filter((name) =>
  name.endsWith(".html") && !/^(_static|api|lite)\//.test(name)
);
/**
 * The reference has a thousand pages: all are read for their links, and every
 * hundredth is looked at.
 */
const reference = [...files].filter((name) => /^api\/.*\.html$/.test(name));

/** Ids of each page that links name. */
const ids = new Map<string, Set<string>>();
const text = new Map<string, string>();
for (const page of [...pages, ...reference]) {
  const html = await Deno.readTextFile(join(siteFolder, page));
  text.set(page, html);
  const found = html.matchAll(/\bid=(["'])(.*?)\1/g);
  ids.set(page, new Set([...found].map(([, , id]) => id)));
}
const hasLite = [...files].some((name) => name.startsWith("lite/"));
for (const [page, html] of text) {
  const body = html.replaceAll(/<script\b[^]*?<\/script>/g, "");
  for (const [, , raw] of body.matchAll(/\b(?:href|src)=(["'])(.*?)\1/g)) {
    if (/^(https?:|mailto:|data:|javascript:)/.test(raw)) continue;
    const [address, id = ""] = raw.replaceAll("&amp;", "&")
      .replaceAll("&#x2F;", "/").split("#");
    const path = decodeURIComponent(address.split("?")[0]);
    const target = path === ""
      ? page
      : posix.normalize(posix.join(posix.dirname(page), path))
        .replace(
          /^\.?\/?$|\/$/,
          (end) => `${end === "/" ? "/" : ""}index.html`,
        );
    if (target.startsWith("lite/") && !hasLite) continue;
    const shown = files.has(target) || files.has(`${target}/index.html`);
    if (!shown) problems.push(`${page}: no ${target} for ${raw}`);
    else if (
      id && ids.has(target) && !ids.get(target)!.has(decodeURIComponent(id))
    ) {
      problems.push(`${page}: no place #${id} in ${target}`);
    }
  }
  if (body.includes("Plots do not work here")) {
    problems.push(`${page}: says that plots do not work`);
  }
}
problems.push(...await solutionsIn());

/** What a page has to show, by the executed copy that it was made from. */
const kept = join(root, ".cache", "executed");
const nothing = { figures: 0, explorers: 0 };
const shown = new Map<string, typeof nothing>();
for (const copy of await filesBelow(kept)) {
  const { cells } = JSON.parse(await Deno.readTextFile(join(kept, copy))) as {
    cells: Any[];
  };
  const outputs = cells.filter(({ metadata }) => !metadata.nbgrader)
    .flatMap(({ outputs = [] }) => outputs.map(({ data = {} }) => data));
  const count = (is: (data: Any) => boolean) => outputs.filter(is).length;
  shown.set(copy.replace(/-[^-]*$/, ".html"), {
    figures: count((data) => "application/vnd.plotly.v1+json" in data),
    explorers: count((data) =>
      [data["text/html"] ?? ""].flat().join("").includes('="cnn-explorer"')
    ),
  });
}

/**
 * Solutions and hidden tests on the site, the part in the browser included: their
 * lines that stand neither in the library nor in what students get, and answers of
 * checks in the bundles.
 */
async function solutionsIn(): Promise<string[]> {
  const bare = (text: string) =>
    text.split("\n").map((line) => line.replaceAll(/\s+/g, " ").trim());
  const library = join(root, "lib");
  const given = (await filesBelow(library)).filter((name) =>
    /\.ts$/.test(name) && !name.startsWith("exercises/")
  ).map((name) => Deno.readTextFile(join(library, name)));
  const course = await lessons([]);
  const known = new Set(bare([
    ...await Promise.all(given),
    ...course.flatMap(({ student }) => student.cells.map((one) => one.source)),
  ].join("\n")));
  const regions = course.flatMap(({ file }) =>
    file.cells.flatMap(({ source }) => [
      ...source.matchAll(
        /BEGIN (SOLUTION|HIDDEN TESTS)\n([^]*?)\n.*END \1/g,
      ),
    ])
  );
  const secret = new Set(
    regions.flatMap(([, , lines]) => bare(lines)).filter((line) =>
      line.length >= 25 && /[=(]/.test(line) && !known.has(line)
    ),
  );
  if (secret.size < 200) return [`only ${secret.size} lines of solutions`];
  const found: string[] = [];
  let recorded = !hasLite;
  for (const name of files) {
    if (!/\.(html|ipynb|js|json|md|txt)$/.test(name)) continue;
    let text = await Deno.readTextFile(join(siteFolder, name));
    if (/^lite\/course\/[^/]*\.js$/.test(name)) {
      recorded ||= /mistakes:\[\[/.test(text); // as students' checks have them
      if (/mistakes:\[\{/.test(text)) found.push(`${name}: answers of checks`);
    }
    if (name.endsWith(".html")) {
      text = text.replaceAll(/<[^>]*>/g, "").replaceAll("&lt;", "<")
        .replaceAll("&gt;", ">").replaceAll("&quot;", '"')
        .replaceAll("&#39;", "'").replaceAll("&amp;", "&");
    } else if (name.endsWith(".ipynb")) {
      const { cells } = JSON.parse(text) as { cells: Any[] };
      text = cells.map(({ source }) => [source].flat().join("")).join("\n");
    }
    const line = bare(text).find((line) => secret.has(line));
    if (line) found.push(`${name}: a line of a solution, ${line}`);
    if (/BEGIN (SOLUTION|HIDDEN TESTS)/.test(text) && !/js$|txt$/.test(name)) {
      found.push(`${name}: holds a solution`);
    }
  }
  if (!recorded) found.push("lite/course: no check of the exercises is there");
  return found;
}

const program = findBrowser();
if (!program) throw new Error(remedy);
const browser = await openBrowser(program);
let drawn = 0;

/**
 * Pages stay open while the next ones are looked at, six seconds at least: some
 * errors come late.
 */
const staying: (() => Promise<void>)[] = [];
function closeLater(where: string, { context, left, errors }: Watched) {
  const end = performance.now() + 6000;
  staying.push(async () => {
    const rest = end - performance.now();
    if (rest > 0) await new Promise((done) => setTimeout(done, rest));
    await context.close();
    for (const one of left) problems.push(`${where}: asked for ${one}`);
    for (const one of errors) problems.push(`${where}: ${one}`);
  });
}
async function closeOld(most: number) {
  while (staying.length > most) await staying.shift()!();
}

{
  await using site = serve(siteFolder, "/course");
  for (const page of pages) {
    for (const [width, theme] of [[1400, "light"], [360, "dark"]] as const) {
      const watched = await openPage(browser, { width }), tab = watched.page;
      await tab.emulateMedia({ colorScheme: theme });
      const where = `${page}, ${width} pixels, ${theme}`;
      await tab.goto(`${site.address}/${page}`);
      const missing = await tab.waitForFunction(
        () =>
          [...(globalThis as Any).document.querySelectorAll(".cnn-figure")]
            .every((box: Any) => box.querySelector(".main-svg")),
        undefined,
        { timeout: 60_000 },
      ).then(() => false, () => true);
      if (missing) problems.push(`${where}: a figure is not drawn`);
      await tab.waitForTimeout(500); // explorers answer
      const seen = await tab.evaluate(() => {
        const { document, innerWidth } = globalThis as Any;
        return {
          figures: document.querySelectorAll(".cnn-figure").length,
          explorers: [...document.querySelectorAll(".cnn-explorer")].map(
            (box: Any) => box.shadowRoot?.querySelector(".answer li") != null,
          ),
          wide: document.documentElement.scrollWidth - innerWidth,
          squeezed: [...document.querySelectorAll(".cnn-figure")].filter(
            (box: Any) =>
              (box.querySelector(".main-svg")?.getBoundingClientRect().width ??
                0) < Math.min(parseFloat(box.style.maxWidth), 560),
          ).length,
          pictures: [...document.images].filter((image: Any) =>
            image.complete && image.naturalWidth === 0 &&
            image.loading !== "lazy"
          ).map((image: Any) => String(image.src).slice(0, 100)),
        };
      });
      drawn += seen.figures;
      const expected = shown.get(page) ?? nothing;
      if (seen.figures !== expected.figures) {
        problems.push(
          `${where}: ${seen.figures} figures where the notebook shows ${expected.figures}`,
        );
      }
      const alive = seen.explorers.filter((answers: boolean) => answers).length;
      if (alive !== expected.explorers) {
        problems.push(
          `${where}: ${alive} explorers answer where the notebook shows ${expected.explorers}`,
        );
      }
      if (seen.wide > 1) {
        problems.push(`${where}: ${seen.wide} pixels too wide`);
      }
      if (seen.squeezed > 0) {
        problems.push(`${where}: ${seen.squeezed} figures too narrow to read`);
      }
      for (const one of seen.pictures) {
        problems.push(`${where}: no picture ${one}`);
      }
      await tab.screenshot({
        path: await pictureOf(
          `book-${page.replace(/\W/g, "-")}-${width}-${theme}`,
        ),
      });
      // What waits to be seen is seen.
      await tab.evaluate(() => (globalThis as Any).scrollTo(0, 1e6));
      closeLater(where, watched);
      await closeOld(3);
    }
  }
  for (
    const path of reference.filter((path, i) =>
      path === "api/index.html" || i % 100 === 0
    )
  ) {
    const watched = await openPage(browser, { width: 360 });
    await watched.page.goto(`${site.address}/${path}`);
    closeLater(path, watched);
    await closeOld(5);
  }
  await closeOld(0);
  const { page, context, errors } = await openPage(browser);
  await page.goto(`${site.address}/search.html?q=receptive+field`);
  const found = await page.waitForSelector("#search-results li a", {
    timeout: 20_000,
  }).then(() => true, () => false);
  if (!found) problems.push("search.html: finds nothing about receptive field");
  problems.push(...errors.map((one) => `search.html: ${one}`));
  await context.close();
}
await browser.close();
for (const problem of new Set(problems)) console.error(problem);
console.log(
  `${pages.length} pages at two widths, ${drawn} figures drawn, ${
    new Set(problems).size
  } problems`,
);
Deno.exit(problems.length > 0 ? 1 : 0);
