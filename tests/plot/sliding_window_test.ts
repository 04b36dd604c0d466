import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  conv2d,
  randomNormal,
  reshape,
  slidingSteps,
  slidingWindow,
  tensor,
  zeros,
} from "cnn";
import { jupyterDisplay } from "../../lib/kernel/displayable.ts";

const x = tensor([[0, 1, 2], [3, 4, 5], [6, 7, 8]]);
const kernel = tensor([[0, 1], [2, 3]]);

Deno.test("slidingSteps() shows the arithmetic done by hand", () => {
  const { steps, output } = slidingSteps(x, kernel);
  // 0*0 + 1*1 + 3*2 + 4*3 = 19, 1*0 + 2*1 + 4*2 + 5*3 = 25, ...
  assertEquals(output, [[19, 25], [37, 43]]);
  assertEquals(steps[1].lines, ["1 · 0 + 2 · 1", "4 · 2 + 5 · 3"]);
  assertEquals(steps[1].products, [[0, 2], [8, 15]]);
  assertEquals(steps[3].cells, [[1, 1], [1, 2], [2, 1], [2, 2]]);
});

Deno.test("slidingSteps() puts negative factors in brackets", () => {
  const { steps } = slidingSteps(x, tensor([[1, -1]]));
  assertEquals(steps[0].lines, ["0 · 1 + 1 · (−1)"]);
  assertEquals(steps[0].sum, -1);
});

Deno.test("slidingSteps() pads as conv2d does: the odd zero at the end", () => {
  const { padded, top, left, steps } = slidingSteps(x, kernel, {
    padding: "same",
  });
  assertEquals(padded, [[0, 1, 2, 0], [3, 4, 5, 0], [6, 7, 8, 0], [
    0,
    0,
    0,
    0,
  ]]);
  assertEquals([top, left, steps.length], [0, 0, 9]);
});

Deno.test("slidingSteps() adds up to conv2d for strides, padding and dilations", () => {
  for (const strides of [1, 2, [2, 1]] as (number | [number, number])[]) {
    for (const dilations of [1, 2]) {
      for (const padding of ["same", "valid"] as const) {
        const [a, b] = [randomNormal([7, 6], 1), randomNormal([3, 2], 2)];
        const options = { strides, dilations, padding };
        const { steps } = slidingSteps(a, b, options);
        const y = conv2d(
          reshape(a, [1, 7, 6, 1]),
          reshape(b, [3, 2, 1, 1]),
          options,
        );
        assertEquals(steps.length, y.data.length);
        steps.forEach((step, i) => {
          const sum = step.products.flat().reduce((s, v) => s + v, 0);
          assert(Math.abs(sum - y.data[i]) < 1e-5);
        });
      }
    }
  }
});

Deno.test("slidingWindow() has a frame and a slider step for every place", () => {
  const film = slidingWindow(x, kernel, { padding: "same" });
  assertEquals(film.frames?.map((f) => f.name), [..."123456789"]);
  const [slider] = film.layout.sliders!;
  assertEquals(slider.steps?.map((s) => (s.args as [string[]])[0][0]), [
    ..."123456789",
  ]);
  assertEquals(slider.steps?.[4].label, "row 1, column 1");
  assertEquals(
    film.layout.updatemenus?.[0].buttons?.map((b) => b.method),
    ["animate", "animate"],
  );
});

Deno.test("slidingWindow() changes in each frame only traces that exist", () => {
  const film = slidingWindow(x, kernel);
  for (const frame of film.frames!) {
    assertEquals(frame.data?.length, frame.traces?.length);
    frame.traces!.forEach((place, i) => {
      assertEquals(film.data[place].type, frame.data![i].type);
    });
  }
});

Deno.test("slidingWindow() writes products and sum as done by hand", () => {
  const film = slidingWindow(x, kernel);
  const texts = film.frames!.map((frame) =>
    frame.data!.map((trace) => (trace as { text?: string[] }).text)
  );
  assertEquals(texts[0][1], ["0", "1", "6", "12"]);
  assertEquals(texts[0][5], [
    "    0 · 0 + 1 · 1<br>+ 3 · 2 + 4 · 3<br>= <b>19</b>",
  ]);
});

Deno.test("slidingWindow() hides exactly the output that is still to come", () => {
  const film = slidingWindow(x, kernel);
  const covered = film.frames!.map((frame) => {
    const { x, y } = frame.data![3] as { x: number[]; y: number[] };
    // The shoelace formula: area of the cover, in cells.
    return Math.abs(
      x.reduce((sum, v, i) => {
        const next = (i + 1) % x.length;
        return sum + v * y[next] - x[next] * y[i];
      }, 0) / 2,
    );
  });
  assertEquals(covered.map(Math.round), [3, 2, 1, 0]);
});

Deno.test("slidingWindow() of 8 x 8 with padding stays below 0.5 MB", () => {
  const film = slidingWindow(randomNormal([8, 8], 1), randomNormal([3, 3], 2), {
    padding: "same",
  });
  assert(JSON.stringify(film[jupyterDisplay]()).length < 500_000);
});

Deno.test("slidingWindow() says what it expects", () => {
  assertThrows(
    () => slidingWindow(zeros([1, 4, 4, 1]), kernel),
    TypeError,
    "expects an input with two axes but found [1, 4, 4, 1]",
  );
  assertThrows(
    () => slidingWindow(zeros([28, 28]), kernel),
    RangeError,
    "at most 12 x 12 but found [28, 28]: take a patch",
  );
  assertThrows(
    () => slidingWindow(zeros([2, 2]), zeros([3, 3])),
    RangeError,
    "window",
  );
});

Deno.test("slidingSteps() and slidingWindow() each name themselves", () => {
  const x = tensor([[1, 2], [3, 4]]);
  const cases: [Parameters<typeof slidingSteps>, string][] = [
    [[zeros([13, 2]), x], "expects an input of at most 12 x 12"],
    [[x, zeros([3, 3])], "expects a window of at most 2 along the height"],
    [[x, x, { strides: 0 }], "expects strides of 1 or more"],
    [[x, x, { padding: "Same" as "same" }], 'expects padding "same"'],
    [[zeros([2]), x], "expects an input with two axes"],
  ];
  for (const [args, message] of cases) {
    for (const film of [slidingSteps, slidingWindow]) {
      assertThrows(() => film(...args), Error, `${film.name}() ${message}`);
    }
  }
});

Deno.test("slidingWindow() writes each product once, not once for every place", () => {
  const side = (cells: number) => {
    const x = tensor(Array.from({ length: cells }, () => Array(cells).fill(1)));
    let calls = 0;
    const { toFixed } = Number.prototype;
    Number.prototype.toFixed = function (digits) {
      calls++;
      return toFixed.call(this, digits);
    };
    try {
      slidingWindow(x, tensor([[1, 1], [1, 1]]));
    } finally {
      Number.prototype.toFixed = toFixed;
    }
    return calls / (cells - 1) ** 2; // a place
  };
  const [few, many] = [side(4), side(12)];
  assert(many < 2 * few, `${few} texts a place, then ${many}`);
});
