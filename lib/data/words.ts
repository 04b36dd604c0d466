import { checkCount } from "../base/check.ts";
import { checkArray } from "../base/arguments.ts";
import { checkWord, settle } from "../base/options.ts";
import type { Caption } from "./image_set.ts";

/** The language of captions. */
export type Language = "en" | "ko";

/** The words that captions are told by. */
export interface Vocabulary {
  readonly language: Language;
  readonly words: readonly string[];
  /** Numbers of the known words of a text or of a caption's name and keywords, each once. */
  idsOf(of: string | Caption): number[];
}

/** Words of a text in lower case. */
const split = (text: string): string[] =>
  text.toLowerCase().match(/[\p{L}\p{N}'’]+/gu) ?? [];

/** All words of a caption's name and keywords. */
function wordsOf(caption: Caption, language: Language): string[] {
  const tags = language === "en" ? caption.tags_en : caption.tags_ko;
  return [caption[language], ...tags].flatMap(split);
}

/**
 * The words that captions share, such as those of emoji: name and keywords.
 *
 * A word that a single emoji has tells nothing about another one.
 *
 * @param captions Those of a training set.
 * @param options `language` "en" or "ko"; "en" unless told. `least`: how many emoji must
 * have a word, 2 unless told.
 * @returns The words, in order of their first use, and a function that finds them.
 * @throws {TypeError} No list of captions; another language; an unknown option.
 * @throws {RangeError} A `least` that is not whole and 1 or more.
 *
 * @example
 * ```ts
 * import { loadEmoji, vocabularyOf } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const { captions } = await loadEmoji();
 * const { words, idsOf } = vocabularyOf(captions);
 * assertEquals(idsOf("red CLOCK, qwxz").map((id) => words[id]), ["red", "clock"]);
 * ```
 */
export function vocabularyOf(
  captions: readonly Caption[],
  options: { language?: Language; least?: number } = {},
): Vocabulary {
  const fn = "vocabularyOf";
  const { language, least } = settle(fn, options, { language: "en", least: 2 });
  checkWord(fn, "language", language, ["en", "ko"]);
  checkCount(fn, "least", least);
  checkArray(fn, "captions", captions, "pass those of loadEmoji()");
  const users = new Map<string, Set<string>>();
  for (const caption of captions) {
    for (const word of wordsOf(caption, language)) {
      users.set(word, (users.get(word) ?? new Set()).add(caption.hexcode));
    }
  }
  const words = [...users].filter(([, { size }]) => size >= least)
    .map(([word]) => word);
  const places = new Map(words.map((word, id) => [word, id]));
  return {
    language,
    words,
    idsOf(of) {
      const told = typeof of === "string" ? split(of) : wordsOf(of, language);
      return [...new Set(told)].flatMap((word) => places.get(word) ?? []);
    },
  };
}
