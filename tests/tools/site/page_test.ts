/** Pages of the book: the lecture's outputs, and nothing of a solution. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { lessons } from "../../../tools/site/course.ts";
import { takes } from "../../../tools/site/measured.ts";
import { pageOf } from "../../../tools/site/page.ts";

const course = await lessons([]);

Deno.test("the course begins with 00, goes on with A, and has twelve notebooks", () => {
  assertEquals(course.map(({ name }) => name.slice(0, 2)), [
    ...["00", "A_", "01", "02", "03", "04", "B_", "05", "06", "07", "08", "C_"],
  ]);
});

Deno.test("a page has the outputs of the lecture, without those of exercises", () => {
  for (const lesson of course) {
    const said = (id: string) => [{
      output_type: "display_data",
      data: {
        "application/vnd.plotly.v1+json": {},
        "text/html": `<i>${id}</i>`,
      },
    }];
    const outputs = new Map(
      lesson.file.cells.map(({ id }) => [id!, said(id!)]),
    );
    const page = JSON.parse(pageOf(lesson, outputs));
    let exercises = 0;
    for (const [i, cell] of page.cells.entries()) {
      const { type, source, metadata, id } = lesson.file.cells[i];
      if (type !== "code") continue;
      if (metadata.nbgrader) {
        exercises++;
        assertEquals(cell.outputs, [], id);
        const solution = /BEGIN SOLUTION\n([^]*?)\n.*END SOLUTION/.exec(source);
        if (solution) assert(!cell.source.includes(solution[1]), id);
        assert(!/BEGIN|HIDDEN/.test(cell.source), id);
      } else {
        assertEquals(cell.outputs[0].data, { "text/html": `<i>${id}</i>` });
      }
    }
    assert(exercises > 0, lesson.name);
    assert(
      page.cells[0].source.includes(`path=notebooks/${lesson.name}.ipynb`),
    );
    const { name } = lesson;
    assertMatch(takes(name), /runs for (a few|about).* GB of memory/, name);
    assert(page.cells[0].source.includes(takes(name)), name);
  }
});
