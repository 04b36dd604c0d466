/** Texts and values that are safe inside a page. */
import { shown } from "./options.ts";
import { checkText } from "./arguments.ts";

/** Text with HTML's special characters replaced. */
export function escapeHtml(text: string): string {
  checkText("escapeHtml", "text", text);
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;").replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/**
 * JSON that can stand inside a `<script>`: no value can close the tag or open a
 * comment, since every "<" is written as an escape.
 */
export function scriptJson(value: unknown): string {
  const json = typeof value === "bigint" ? undefined : JSON.stringify(value);
  if (json === undefined) {
    throw new TypeError(
      `scriptJson() expects a value that JSON knows but found ${
        shown(value)
      }: pass numbers, texts, lists and plain objects`,
    );
  }
  return json
    .replaceAll("<", "\\u003c")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
}
