import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { browserPaths, findBrowser, remedy } from "./find_browser.ts";

const machine = (os: string, variables: Record<string, string>) => ({
  os,
  env: (name: string): string | undefined => variables[name],
});

Deno.test("browserPaths() looks where each system keeps Chrome, Edge and Chromium", () => {
  const windows = browserPaths(machine("windows", {
    PROGRAMFILES: "C:\\Program Files",
    LOCALAPPDATA: "C:\\Users\\a\\AppData\\Local",
  }));
  for (
    const path of [
      "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
      "C:\\Users\\a\\AppData\\Local\\Google\\Chrome\\Application\\chrome.exe",
      "C:\\Program Files\\Microsoft\\Edge\\Application\\msedge.exe",
    ]
  ) assert(windows.includes(path), path);
  const mac = browserPaths(machine("darwin", { HOME: "/Users/a" }));
  assert(
    mac.includes(
      "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ),
  );
  assert(
    mac.includes(
      "/Users/a/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    ),
  );
  assertEquals(
    browserPaths(machine("linux", { PATH: "/usr/bin:/opt/bin" })).slice(0, 2),
    ["/usr/bin/chromium", "/opt/bin/chromium"],
  );
});

Deno.test("browserPaths() takes the browser that CNN_BROWSER names, and no other", () => {
  assertEquals(
    browserPaths(machine("linux", { CNN_BROWSER: "/a/b", PATH: "/usr/bin" })),
    ["/a/b"],
  );
});

Deno.test("findBrowser() finds none where none is, and the remedy is one line", () => {
  Deno.env.set("CNN_BROWSER", "/no/such/browser");
  try {
    assertEquals(findBrowser(), undefined);
  } finally {
    Deno.env.delete("CNN_BROWSER");
  }
  assertEquals(remedy.split("\n").length, 1);
  assertStringIncludes(remedy, "sudo apt install chromium");
});
