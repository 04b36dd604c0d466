/** Finding a Chrome, Edge or Chromium on this machine. */
import { join } from "node:path";

type Machine = { os: string; env: (name: string) => string | undefined };

const here: Machine = { os: Deno.build.os, env: (name) => Deno.env.get(name) };

/** One line for a machine without a browser. */
export const remedy =
  "No Chrome, Edge or Chromium was found: install one (https://www.google.com/chrome/; " +
  "Debian, Ubuntu: sudo apt install chromium), or name its program in CNN_BROWSER.";

/**
 * Files that may be a browser of Chromium's kind, the first choice first.
 *
 * CNN_BROWSER names one by hand and is then the only one.
 */
export function browserPaths({ os, env }: Machine = here): string[] {
  const named = env("CNN_BROWSER");
  if (named) return [named];
  if (os === "windows") {
    const folders = ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"]
      .map(env).filter((folder) => folder !== undefined);
    const programs = [
      "Google\\Chrome\\Application\\chrome.exe",
      "Microsoft\\Edge\\Application\\msedge.exe",
      "Chromium\\Application\\chrome.exe",
    ];
    return programs.flatMap((program) =>
      folders.map((folder) => `${folder}\\${program}`)
    );
  }
  if (os === "darwin") {
    const homes = ["", env("HOME") ?? ""].filter((home, i) => i === 0 || home);
    return ["Google Chrome", "Microsoft Edge", "Chromium"].flatMap((name) =>
      homes.map((home) =>
        `${home}/Applications/${name}.app/Contents/MacOS/${name}`
      )
    );
  }
  const names = [
    ...["chromium", "chromium-browser", "google-chrome"],
    ...["google-chrome-stable", "microsoft-edge", "microsoft-edge-stable"],
  ];
  const folders = (env("PATH") ?? "").split(":").filter(Boolean);
  return names.flatMap((name) => folders.map((folder) => join(folder, name)));
}

/** The browser to use, or undefined where there is none. */
export function findBrowser(): string | undefined {
  return browserPaths().find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false; // not there, or not for us: the next one
    }
  });
}
