/** What a notebook takes in the browser, as `deno task test:site --record` measured it. */
import measured from "./measured.json" with { type: "json" };

/** What running a lecture from top to bottom took, in Chromium. */
export interface Measured {
  /** All cells, and the slowest of them where that was measured. */
  seconds: number;
  slowest?: number;
  /** The most memory that the page took. */
  megabytes: number;
}

const notebooks: Readonly<Record<string, Measured>> = measured;

/** "about 40 seconds", "about 2 minutes". */
function time(seconds: number): string {
  if (seconds < 15) return "a few seconds";
  if (seconds < 55) return `about ${Math.round(seconds / 5) * 5} seconds`;
  const halves = Math.round(seconds / 30);
  if (halves === 2) return "about a minute";
  return `about ${halves / 2} minutes`;
}

/** What a notebook takes there, in two words; empty where nobody measured. */
export function takesShortly(name: string): string {
  const found = notebooks[name];
  if (!found) return "";
  return `runs for ${time(found.seconds)}, ${memory(found)}`;
}

const memory = ({ megabytes }: Measured) =>
  `${(megabytes / 1000).toFixed(1)} GB`;

/** The same as a sentence. */
export function takes(name: string): string {
  const found = notebooks[name];
  if (!found) return "";
  const { seconds, slowest = 0 } = found;
  const cell = slowest >= 15 ? `, its longest cell ${time(slowest)}` : "";
  return `In the browser this notebook runs for ${
    time(seconds)
  }${cell}, and takes up to ${memory(found)} of memory.`;
}
