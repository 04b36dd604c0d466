/**
 * Every function of lib/mod.ts refuses an option or a word that it does not know.
 *
 * The compiler says which functions there are and what they accept; the tables
 * in tests/exports/options/ say how each is called. A function without an entry fails.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import * as data from "./options/data.ts";
import * as engine from "./options/engine.ts";
import * as exercises from "./options/exercises.ts";
import { type Exported, exportedFunctions } from "./options/exported.ts";
import * as layers from "./options/layers.ts";
import * as networks from "./options/networks.ts";
import * as notebook from "./options/notebook.ts";
import * as plot from "./options/plot.ts";
import type { Table } from "./options/table.ts";
import * as train from "./options/train.ts";

const rooms: Record<string, Table> = {
  data,
  engine,
  exercises,
  layers,
  networks,
  notebook,
  plot,
  train,
};

const all = exportedFunctions();

/** What a call throws or rejects with; undefined where it goes through. */
async function errorOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
}

/** Throws unless `error` is a TypeError that says each of the texts. */
function assertSays(error: unknown, texts: readonly string[]): void {
  assert(error instanceof TypeError, `expected a TypeError, found ${error}`);
  const { message } = error as TypeError;
  const missing = texts.filter((text) => !message.includes(text));
  assertEquals(missing, [], `not said: ${missing} in "${message}"`);
}

/** What messages call a function: the last part of its name. */
const said = (name: string) => `${name.split(".").at(-1)}()`;

/** A step for each function, so that each failure has its name. */
async function eachOf(
  t: Deno.TestContext,
  functions: readonly Exported[],
  check: (one: Exported) => Promise<void>,
) {
  for (const one of functions) await t.step(one.name, () => check(one));
}

Deno.test("the compiler finds functions with options, makers and methods", () => {
  const found = new Map(all.map((one) => [one.name, one]));
  assertEquals(
    [...found.get("lenet")!.options].sort(),
    ["classes", "inputShape", "pool", "width"],
  );
  assertEquals(found.get("lenet")!.words.get("pool"), ["max", "avg", "none"]);
  assertEquals(found.get("layers.dropout")!.options, ["name", "rate"]);
  assertEquals(found.get("Network.forward")!.options, ["training"]);
  assertEquals([...found.get("zeros")!.words.keys()], ["dtype"]);
  assert(!found.has("relu"));
  assertEquals(
    new Set(all.map(({ room }) => room)),
    new Set(Object.keys(rooms)),
  );
});

for (const [room, { calls, forms, words }] of Object.entries(rooms)) {
  const here = all.filter((one) => one.room === room);
  const withOptions = here.filter(({ options }) => options.length > 0);
  const withWords = here.filter((one) => one.words.size > 0);

  Deno.test(`${room}: every function refuses an unknown option and names those it accepts`, (t) =>
    eachOf(t, withOptions, async ({ name, options }) => {
      const call = calls[name];
      assert(
        call,
        `${name}() takes options: call it in tests/exports/options/${room}.ts`,
      );
      let unnamed = options;
      for (const one of [call, forms?.[name] ?? []].flat()) {
        const error = await errorOf(() => one({ zzz: 1 }));
        assertSays(error, [said(name), '"zzz"']);
        const { message } = error as TypeError;
        unnamed = unnamed.filter((option) => !message.includes(option));
      }
      assertEquals(unnamed, [], `${name}() does not name these`);
    }));

  Deno.test(`${room}: every function refuses a misspelt word and names those it accepts`, (t) =>
    eachOf(t, withWords, async ({ name, words: choices }) => {
      const unseen = new Map(choices);
      for (const [text, call] of words[name] ?? []) {
        const error = await errorOf(call);
        assertSays(error, [said(name), JSON.stringify(text)]);
        const { message } = error as Error;
        for (const [option, list] of choices) {
          const named = list.every((word) =>
            message.includes(JSON.stringify(word))
          );
          if (named) unseen.delete(option);
        }
      }
      assertEquals(
        [...unseen.keys()],
        [],
        `${name}(): misspell these in tests/exports/options/${room}.ts`,
      );
    }));

  Deno.test(`${room}: tests/exports/options/${room}.ts calls functions that exist`, () => {
    const names = new Set(here.map(({ name }) => name));
    const strangers = [...Object.keys(calls), ...Object.keys(words)].filter(
      (name) => !names.has(name),
    );
    assertEquals(strangers, []);
  });
}
