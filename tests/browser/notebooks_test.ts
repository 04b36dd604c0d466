/** Every notebook of the course, run in JupyterLab and looked at. */
import { assert, assertEquals, assertGreater } from "@std/assert";
import { basename, join } from "node:path";
import { root } from "../../tools/paths.ts";
import {
  notebooksIn,
  readNotebook,
} from "../../tools/homework/notebook/load.ts";
import { browserTest } from "./browser_test_case.ts";
import { checkDrawn, checkFilm, checkLooks } from "./checks.ts";
import { openPage, startLab } from "./lab.ts";
import { grew, watchCurves } from "./look.ts";
import {
  endKernel,
  openNotebook,
  runAllCells,
  waitForTheEnd,
} from "./notebook_page.ts";

/** Seconds that a notebook may take on a busy machine. */
const patience = 900;

/** How often something stands in a text. */
const count = (text: string, what: RegExp) => [...text.matchAll(what)].length;

for (const path of await notebooksIn(join(root, "notebooks"))) {
  const file = basename(path);
  const name = file.replace(/\.ipynb$/, "");
  browserTest(
    `${file} in JupyterLab: all is drawn, legible, alive and stays here`,
    async (browser) => {
      const { cells } = await readNotebook(path);
      const code = cells.filter((cell) => cell.type === "code");
      await using lab = await startLab({
        [file]: await Deno.readTextFile(path),
      });
      const { page, left, errors } = await openPage(browser);
      await openNotebook(page, lab, file);
      const curves = await watchCurves(page);
      await runAllCells(page);
      await waitForTheEnd(page, patience);

      const sight = await checkDrawn(page);
      assertEquals(errors, []);
      const source = code.map((cell) => cell.source).join("\n");
      // A cell that catches its claim's error shows what a refuted claim looks like.
      const shown = count(source, /^\}\)\.then\(/gm) +
        count(source, /expect: "does not hold"/g);
      const signs = sight.signs.join("");
      assertEquals(count(signs, /✗/g), shown, signs);
      const claims = count(source, /^ *(?:const .* = |void )?await claim\(/gm);
      assert(signs.length >= claims, `${signs} for ${claims} claims`);
      const rows = /^\s+(?:\{ )?(?:id: "[A-Z]\d+"|says:)/gm;
      const ledgers = source.match(/^await ledger\([^]*?^\]\);/gm) ?? [];
      assertEquals(sight.ledgerRows, count(ledgers.join("\n"), rows));
      for (const { source, id } of code) {
        if (!source.includes("trainingCurves(")) continue;
        const points = await curves.seen(id!);
        assert(grew(points), `${id}: the live curve must grow: ${points}`);
      }
      const films = count(
        source,
        /slidingWindow\(|slidingChannels\(|poolGradient\(|attentionFilm\(/g,
      );
      for (let film = 0; film < films; film++) await checkFilm(page, film);
      assertGreater(sight.figures.length, 0);

      await checkLooks(page, name);
      await endKernel(page);
      assertEquals([left, lab.left, errors], [[], [], []]);
    },
  );
}
