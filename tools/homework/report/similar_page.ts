/** Pairs of submissions with code in common, as a page for the instructor. */
import { escapeHtml } from "../../../lib/base/html.ts";
import { shownCode } from "../grade/result.ts";
import type { SimilarPair } from "../similar/pairs.ts";

/** Passages of a pair that are shown. */
const mostPassages = 10;

const style = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24; background: #fff; }
.passage { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; }
pre { background: #f6f8fa; padding: .6rem; font-size: 13px; white-space: pre-wrap; overflow-wrap: anywhere; margin: .4rem 0; }
strong { overflow-wrap: anywhere; margin-top: .6rem; }
summary { cursor: pointer; } h2 { font-size: 1.3rem; }
@media (prefers-color-scheme: dark) { body { color: #e6edf3; background: #0d1117; } pre { background: #161b22; } }
`;

/** The page; pairs by the name of their notebook. */
export function similarPage(
  found: readonly (readonly [string, readonly SimilarPair[]])[],
  least: number,
): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Code in common</title>
<style>${style}</style>
</head>
<body>
<h1>Code in common</h1>
<p>For the instructor only. Names, comments and layout do not count, nor does what
everybody was given. Short exercises have few good solutions, and people learn
together: this is where to look, not what to think. Ask before you judge.</p>
${found.map(([name, pairs]) => notebookPart(name, pairs, least)).join("\n")}
</body>
</html>
`;
}

function notebookPart(
  name: string,
  pairs: readonly SimilarPair[],
  least: number,
): string {
  const parts = pairs.map(({ left, right, share, passages }) =>
    `<details><summary>${Math.round(100 * share)} %: ${escapeHtml(left)} and ${
      escapeHtml(right)
    }</summary>
<div class="passage"><strong>${escapeHtml(left)}</strong><strong>${
      escapeHtml(right)
    }</strong></div>
${passages.slice(0, mostPassages).map(passagePart).join("\n")}
</details>`
  );
  return `<h2>${escapeHtml(name)}</h2>
${
    parts.length === 0
      ? `<p>No pair with ${least} % or more.</p>`
      : parts.join("\n")
  }`;
}

function passagePart({ left, right }: SimilarPair["passages"][number]): string {
  const code = (text: string) => `<pre>${escapeHtml(shownCode(text))}</pre>`;
  return `<div class="passage">${code(left)}${code(right)}</div>`;
}
