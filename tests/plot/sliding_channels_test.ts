import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  conv2d,
  randomNormal,
  reshape,
  slidingChannels,
  tensor,
  zeros,
} from "cnn";
import { jupyterDisplay } from "../../lib/kernel/displayable.ts";

// One row of two pixels with two channels each; filters (1, 0) and (1, −1).
const x = tensor([[[1, 10], [2, 20]]]);
const kernel = tensor([1, 1, 0, -1], [1, 1, 2, 2]);
const bias = tensor([0, 5]);

type Trace = { type?: string; text?: string[]; x?: number[]; y?: number[] };
const tracesOf = (film: ReturnType<typeof slidingChannels>, frame: number) =>
  film.frames![frame].data as Trace[];

Deno.test("slidingChannels() writes products, sums and bias as done by hand", () => {
  const film = slidingChannels(x, kernel, { bias });
  const said = film.frames!.map((_, n) => tracesOf(film, n).at(-1)!.text![0]);
  assertEquals(said, [
    "channel 1: 1 · 1 = 1<br>channel 2: 10 · 0 = 0<br>all channels and the bias: 1 + 0 + 0 = <b>1</b>",
    "channel 1: 2 · 1 = 2<br>channel 2: 20 · 0 = 0<br>all channels and the bias: 2 + 0 + 0 = <b>2</b>",
    "channel 1: 1 · 1 = 1<br>channel 2: 10 · (−1) = −10<br>all channels and the bias: 1 + (−10) + 5 = <b>−4</b>",
    "channel 1: 2 · 1 = 2<br>channel 2: 20 · (−1) = −20<br>all channels and the bias: 2 + (−20) + 5 = <b>−13</b>",
  ]);
  // The products of the second filter's first place, a panel for each channel.
  const texts = tracesOf(film, 2).flatMap(({ text }) => text ?? []);
  assertEquals(texts.slice(0, 2), ["1", "−10"]);
});

Deno.test("slidingChannels() shows the maps that conv2d makes, for strides, padding and bias", () => {
  for (const padding of ["same", "valid"] as const) {
    for (const strides of [1, 2]) {
      const [a, k] = [
        randomNormal([5, 4, 3], 1),
        randomNormal([2, 3, 3, 2], 2),
      ];
      const b = tensor([0.5, -1]);
      const options = { strides, padding, bias: b };
      const film = slidingChannels(a, k, options);
      const y = conv2d(reshape(a, [1, 5, 4, 3]), k, options);
      const [, high, wide] = y.shape;
      const sums = film.frames!.map((_, n) =>
        Number(
          /<b>(.*)<\/b>/.exec(tracesOf(film, n).at(-1)!.text![0])![1]
            .replace("−", "-"),
        )
      );
      assertEquals(sums.length, high * wide * 2);
      sums.forEach((sum, n) => {
        const [map, place] = [Math.floor(n / high / wide), n % (high * wide)];
        assert(Math.abs(sum - y.data[place * 2 + map]) < 0.0051, `frame ${n}`);
      });
    }
  }
});

Deno.test("slidingChannels() names maps and places, and hides what is still to come", () => {
  const film = slidingChannels(x, kernel);
  assertEquals(film.layout.sliders![0].steps?.map(({ label }) => label), [
    "map 1, row 0, column 0",
    "map 1, row 0, column 1",
    "map 2, row 0, column 0",
    "map 2, row 0, column 1",
  ]);
  // Four traces a channel, then one cover a map: cells that it hides.
  const hidden = film.frames!.map((_, n) =>
    tracesOf(film, n).slice(8, 10).map(({ x = [], y = [] }) =>
      Math.abs(x.reduce((sum, v, i) => {
        const next = (i + 1) % x.length;
        return sum + v * y[next] - x[next] * y[i];
      }, 0)) / 2
    )
  );
  const cells = hidden.map((areas) => areas.map(Math.round));
  assertEquals(cells, [[1, 2], [0, 2], [0, 1], [0, 0]]);
});

Deno.test("slidingChannels() changes in each frame only traces that exist", () => {
  const film = slidingChannels(
    randomNormal([4, 4, 2], 1),
    randomNormal([2, 2, 2, 2], 2),
  );
  for (const frame of film.frames!) {
    assertEquals(frame.data?.length, frame.traces?.length);
    frame.traces!.forEach((place, i) => {
      assertEquals(film.data[place].type, frame.data![i].type);
    });
  }
  assert(JSON.stringify(film[jupyterDisplay]()).length < 500_000);
  assert(film.layout.width! <= 700);
});

Deno.test("slidingChannels() says what it expects", () => {
  const cases: [Parameters<typeof slidingChannels>, string][] = [
    [[zeros([4, 4]), kernel], "expects an input [H, W, C] but found [4, 4]"],
    [[zeros([4, 4, 3]), kernel], "expects a kernel [KH, KW, 3, Cout]"],
    [[x, kernel, { bias: zeros([3]) }], "expects a bias [2] but found [3]"],
    [
      [zeros([1, 1, 4]), zeros([1, 1, 4, 1])],
      "expects at most 3 channels and 3 filters but found 4 and 1",
    ],
    [[zeros([13, 2, 2]), kernel], "expects an input of at most 12 x 12"],
  ];
  for (const [args, message] of cases) {
    assertThrows(
      () => slidingChannels(...args),
      Error,
      `slidingChannels() ${message}`,
    );
  }
});
