import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { endedAfter, within } from "./deadline.ts";

const never = () => new Promise<never>(() => {});

Deno.test("within() gives what the work gives, its error too", async () => {
  assertEquals(await within(60, "two", Promise.resolve(2)), 2);
  await assertRejects(
    () => within(60, "two", Promise.reject(new Error("three"))),
    Error,
    "three",
  );
});

Deno.test("within() names what does not end", async () => {
  await assertRejects(
    () => within(0.01, "the server", never()),
    Error,
    "the server did not end in 0.01 seconds",
  );
});

Deno.test("endedAfter() tears the work out and says where it stood", async () => {
  let end!: (error: Error) => void;
  const pending = new Promise<void>((_, fail) => end = fail);
  const work = async () => {
    await pending; // as a page that does not answer
  };
  const error = await assertRejects(() =>
    endedAfter(0.01, work(), () => {
      end(new Error("the page was closed"));
      return Promise.resolve();
    }), Error);
  assertStringIncludes(error.message, "did not end in 0.01 seconds");
  assertStringIncludes(error.message, "the page was closed");
});

Deno.test("endedAfter() passes on what the work gives and its own error", async () => {
  const end = () => Promise.reject(new Error("nobody asked"));
  assertEquals(await endedAfter(60, Promise.resolve(1), end), 1);
  await assertRejects(
    () => endedAfter(60, Promise.reject(new Error("wrong")), end),
    Error,
    "wrong",
  );
});
