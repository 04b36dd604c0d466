import { checkRange } from "../base/range.ts";
import { checkText } from "../base/arguments.ts";
import { escapeHtml } from "../base/html.ts";
import type { MimeBundle } from "../plot/figure.ts";
import { liveOutput } from "../kernel/kernel.ts";

/** A live progress bar. */
export interface Progress {
  /** Moves the bar to `done` of the total; the note stands beside it. */
  update(done: number, note?: string): Promise<void>;
  /** Replaces the bar by one line with the time that it took. */
  finish(note?: string): Promise<void>;
}

/** Milliseconds between two updates of a live display. */
export const liveInterval = 250;

/**
 * Shows a bar that moves while a cell works, with the time left.
 *
 * Updates come at most four times a second, however often `update` is called.
 * Outside a notebook only the last line is printed.
 *
 * @param title What is being done.
 * @param total The value of `done` at the end.
 * @throws {RangeError} A total that is not above 0, a `done` outside 0 to total, or
 * an update after `finish`.
 *
 * @example
 * ```ts
 * import { progress } from "cnn";
 *
 * const bar = progress("Training three seeds", 3);
 * for (let seed = 1; seed <= 3; seed++) await bar.update(seed);
 * await bar.finish();
 * ```
 */
export function progress(title: string, total: number): Progress {
  checkText("progress", "title", title);
  const where = ` for "${title}"`;
  checkRange("progress", "a total", total, {
    above: 0,
    where,
    remedy: "pass how many steps there are",
  });
  const put = liveOutput();
  const start = performance.now();
  let last = -Infinity;
  let finished = false;
  return {
    async update(done, note = "") {
      if (finished) {
        throw new RangeError(
          `progress() expects no update after finish() but found one for "${title}": make a new bar`,
        );
      }
      const remedy = "pass how many steps are done";
      checkRange("progress", "done", done, {
        from: 0,
        to: total,
        where,
        remedy,
      });
      const now = performance.now();
      if (now - last < liveInterval) return;
      last = now;
      const share = done / total;
      const left = (now - start) / 1000 * (1 / share - 1);
      const time = done > 0 ? `${duration(left)} left` : "";
      await put(barBundle(title, share, [time, note]), { quiet: true });
    },
    async finish(note = "") {
      finished = true;
      const seconds = (performance.now() - start) / 1000;
      const line = `${title}: done in ${duration(seconds)}${
        note ? `, ${note}` : ""
      }`;
      await put({
        "text/html": `<div style="font-size:13px;opacity:.8">✓ ${
          escapeHtml(line)
        }</div>`,
        "text/plain": line,
      });
    },
  };
}

/** Seconds as people say them: 2.3 s, 1 min 15 s, 1 h 7 min. */
export function duration(seconds: number): string {
  const remedy = "pass a difference of performance.now() over 1000";
  checkRange("duration", "seconds", seconds, { from: 0, remedy });
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function barBundle(title: string, share: number, notes: string[]): MimeBundle {
  const parts = [`${Math.floor(share * 100)} %`, ...notes].filter(Boolean);
  const line = `${title}: ${parts.join(", ")}`,
    width = (share * 100).toFixed(1);
  return {
    "text/html":
      `<div style="font-size:13px;max-width:700px">${escapeHtml(line)}` +
      `<div style="background:#8884;border-radius:3px;height:8px;margin-top:3px">` +
      `<div style="background:#0072B2;border-radius:3px;height:8px;width:${width}%"></div></div></div>`,
    "text/plain": line,
  };
}
