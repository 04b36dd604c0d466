/**
 * Which submissions share code, by winnowed fingerprints of their tokens.
 *
 * Source: Schleimer, Wilkerson and Aiken, Winnowing: Local Algorithms for Document
 * Fingerprinting, SIGMOD 2003; as Dolos does it (dolos.ugent.be).
 */
import {
  File,
  type FileEntry,
  FingerprintIndex,
  Region,
  TokenizedFile,
} from "@dodona/dolos-core";
import { tokensOf } from "./tokens.ts";

/** Tokens of a fingerprint, and fingerprints of which one is kept. */
const [gram, window] = [15, 5];

/** What more than so many wrote is nobody's: also where that is half of the class. */
const common = 50;

/** Code to compare. */
export interface Work {
  readonly name: string;
  readonly cells: readonly string[];
}

/** Two submissions with code in common. */
export interface SimilarPair {
  readonly left: string;
  readonly right: string;
  /** Share of both that they have in common, from 0 to 1. */
  readonly share: number;
  /** The longest ones first. */
  readonly passages: readonly {
    readonly left: string;
    readonly right: string;
  }[];
}

/** Between two cells stands a token that there is nowhere else: no passage spans them. */
function tokenized({ name, cells }: Work): TokenizedFile {
  const kinds: string[] = [];
  const places: Region[] = [];
  let first = 0; // row of the cell
  for (const [i, code] of cells.entries()) {
    for (const { kind, row, from, to } of tokensOf(code)) {
      kinds.push(kind);
      places.push(new Region(first + row, from, first + row, to));
    }
    first += code.split("\n").length;
    kinds.push(`end of cell ${i} of ${name}`);
    places.push(new Region(first, 0, first, 0));
    first++;
  }
  const text = cells.map((code) => `${code}\n\n`).join("");
  return new TokenizedFile(new File(name, text), kinds, places);
}

/**
 * The pairs with the most in common.
 *
 * @param works What students wrote.
 * @param given What they were given: it does not count.
 * @param least Smallest share that is told.
 */
export function similarPairs(
  works: readonly Work[],
  given: readonly string[],
  least: number,
): SimilarPair[] {
  const files = works.map(tokenized);
  const most = Math.max(3, Math.min(common, Math.ceil(works.length / 2)));
  const index = new FingerprintIndex(gram, window, false, most);
  index.addFiles(files);
  // After the others: only then does it take what it knows out of them.
  index.addIgnoredFile(tokenized({ name: "given", cells: given }));
  const together = new Map<TokenizedFile, Set<TokenizedFile>>();
  for (const shared of index.sharedFingerprints()) {
    const own = shared.ignored ? [] : shared.files();
    own.forEach((left, i) => {
      const others = together.get(left) ?? new Set();
      for (const right of own.slice(i + 1)) others.add(right);
      together.set(left, others);
    });
  }
  const pairs: SimilarPair[] = [];
  for (const [left, others] of together) {
    for (const right of others) {
      const pair = index.getPair(left, right);
      const own = ownPrints(pair.leftEntry) + ownPrints(pair.rightEntry);
      const share = (pair.leftCovered + pair.rightCovered) / own;
      if (!(share >= least)) continue;
      const passages = pair.buildFragments(2)
        .toSorted((a, b) => b.pairs.length - a.pairs.length)
        .filter(bringsMore())
        .map(({ leftSelection, rightSelection }) => ({
          left: passage(left, leftSelection),
          right: passage(right, rightSelection),
        }));
      const [a, b] = [left.path, right.path].sort();
      const turned = a !== left.path;
      pairs.push({
        left: a,
        right: b,
        share,
        passages: turned
          ? passages.map((p) => ({ left: p.right, right: p.left }))
          : passages,
      });
    }
  }
  return pairs.sort((a, b) =>
    b.share - a.share || (a.left + a.right < b.left + b.right ? -1 : 1)
  );
}

/** Whether a passage has lines that no longer one before it had, on either side. */
function bringsMore() {
  const [seenLeft, seenRight] = [new Set<number>(), new Set<number>()];
  return ({ leftSelection, rightSelection }: {
    leftSelection: Region;
    rightSelection: Region;
  }): boolean => {
    const before = seenLeft.size + seenRight.size;
    for (const row of rowsOf(leftSelection)) seenLeft.add(row);
    for (const row of rowsOf(rightSelection)) seenRight.add(row);
    return seenLeft.size + seenRight.size > before;
  };
}

const rowsOf = ({ startRow, endRow }: Region): number[] =>
  Array.from({ length: endRow - startRow + 1 }, (_, i) => startRow + i);

/** Fingerprints of what is a student's own. */
function ownPrints({ file, shared }: FileEntry): number {
  let count = 0;
  for (const print of shared) count += print.occurrencesOf(file).length;
  return count;
}

/** The lines of a part of a file. */
function passage(file: TokenizedFile, { startRow, endRow }: Region): string {
  return file.lines.slice(startRow, endRow + 1).join("\n");
}
