import {
  batchesOf,
  cropImages,
  decodeIdx,
  flipImages,
  loadBackbone,
  loadEmoji,
  loadFashionMnist,
  loadMnist,
  loadPhoto,
  readIdx,
  resizeImages,
  shiftImages,
  tensor,
  vocabularyOf,
} from "../../../lib/mod.ts";
import type { Table } from "./table.ts";

const images = tensor([1, 2, 3, 4], [1, 2, 2, 1]);
const set = { name: "one", images, labels: [0], classNames: ["a"] };

export const calls: Table["calls"] = {
  batchesOf: (extra) => batchesOf(set, extra),
  cropImages: (extra) => cropImages(images, { height: 1, width: 1, ...extra }),
  decodeIdx: (extra) => decodeIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 0), extra),
  loadBackbone: (extra) => loadBackbone(extra),
  vocabularyOf: (extra) => vocabularyOf([], extra),
  loadEmoji: (extra) => loadEmoji({ limit: 1, ...extra }),
  loadFashionMnist: (extra) => loadFashionMnist({ limit: 1, ...extra }),
  loadMnist: (extra) => loadMnist({ limit: 1, ...extra }),
  readIdx: (extra) => readIdx("/nowhere", extra),
  resizeImages: (extra) => resizeImages(images, 1, 1, extra),
  shiftImages: (extra) => shiftImages(images, 1, 0, extra),
};

const split = "training" as "train";

export const words: Table["words"] = {
  flipImages: [["up", () => flipImages(images, "up" as "vertical")]],
  loadEmoji: [["training", () => loadEmoji({ split })]],
  loadFashionMnist: [["training", () => loadFashionMnist({ split })]],
  loadMnist: [["training", () => loadMnist({ split })]],
  vocabularyOf: [[
    "de",
    () => vocabularyOf([], { language: "de" as "ko" }),
  ]],
  loadPhoto: [["kamera", () => loadPhoto("kamera" as "camera")]],
  resizeImages: [
    ["cubic", () => resizeImages(images, 1, 1, { method: "cubic" as "area" })],
  ],
};
