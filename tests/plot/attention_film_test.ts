import { assert, assertEquals, assertThrows } from "@std/assert";
import { at, attention, attentionFilm, reshape, tensor } from "cnn";

const q = tensor([[1, -1]]);
const k = tensor([[0, 1], [2, 0], [1, 1]]);
const v = tensor([[7], [14], [28]]);

/** All texts of a frame. */
function textOf(film: ReturnType<typeof attentionFilm>, frame: number): string {
  const { data } = film.frames![frame] as unknown as {
    data: { text?: string[] }[];
  };
  return data.flatMap(({ text }) => text ?? []).join(" ");
}

Deno.test("attentionFilm() has a frame a key, one for the weights and one for the answer", () => {
  const film = attentionFilm(q, k, v, { title: "Looking" });
  assertEquals(film.frames?.length, 5);
  assertEquals(
    film.summary,
    "Animation of one query looking at 3 keys of 2 numbers: Looking",
  );
  assert(
    textOf(film, 1).includes("1 · 2 + −1 · 0, divided by √2: <b>1.414</b>"),
  );
});

Deno.test("attentionFilm() ends with what attention() answers", () => {
  const values = tensor([[7, 1], [14, 0], [28, 3]]); // attention() wants the keys' shape
  const film = attentionFilm(q, k, values);
  const three = (x: typeof q) => reshape(x, [1, ...x.shape]);
  const queries = tensor([[1, -1], [0, 0], [0, 0]]);
  const y = attention(three(queries), three(k), three(values));
  const answer = textOf(film, 4).match(/<b>([\d.]+)<\/b>/)![1];
  assert(Math.abs(Number(answer) - at(y, 0, 0, 0)) < 1e-3, answer);
});

Deno.test("attentionFilm() refuses shapes that do not fit or cannot be read", () => {
  const wrong: [() => unknown, string][] = [
    [() => attentionFilm(k, k, v), "expects a query [1, d]"],
    [() => attentionFilm(q, v, v), "expects a query [1, d]"],
    [() => attentionFilm(q, k, tensor([[1]])), "found [1, 2], [3, 2], [1, 1]"],
    [() => attentionFilm(tensor([1]), k, v), "a query with two axes"],
  ];
  for (const [film, message] of wrong) assertThrows(film, TypeError, message);
  const many = (rows: number, columns: number) =>
    tensor(Array.from({ length: rows }, () => Array(columns).fill(1)));
  assertThrows(
    () => attentionFilm(many(1, 1), many(9, 1), many(9, 1)),
    RangeError,
    "at most 8 keys but found 9",
  );
  assertThrows(
    () => attentionFilm(many(1, 12), many(2, 12), many(2, 1)),
    RangeError,
    "short enough to read",
  );
});
