/**
 * The data sets of the course, reading them, and moving their pixels.
 *
 * @module
 */
export { dataFolder } from "./files.ts";
export { imageFromText } from "./image_from_text.ts";
export { decodeIdx, readIdx } from "./idx.ts";
export type { IdxArray, IdxOptions } from "./idx.ts";
export {
  type Batch,
  batchesOf,
  type Caption,
  type ImageSet,
  selectImages,
} from "./image_set.ts";
export type { ClassNumbers, Labels } from "../base/labels.ts";
export type { LoadOptions } from "./load.ts";
export { loadFashionMnist, loadMnist } from "./mnist.ts";
export { type CaptionedSet, loadEmoji } from "./emoji.ts";
export { type Backbone, forBackbone, loadBackbone } from "./backbone.ts";
export { type Language, type Vocabulary, vocabularyOf } from "./words.ts";
export { loadPhoto, type PhotoName } from "./photo.ts";
export { readPng } from "./png.ts";
export { readJpeg, readPhoto } from "./jpeg.ts";
export {
  cropImages,
  flipImages,
  permutePixels,
  type Rectangle,
  shiftImages,
} from "./transforms.ts";
export { resizeImages, type ResizeMethod } from "./resize.ts";
export {
  type ChannelStatistics,
  channelStatistics,
  standardise,
  toGrey,
} from "./values.ts";
export {
  type EpochMeasures,
  type LoadedRuns,
  loadRuns,
  type Measure,
  runCurve,
  type RunLog,
  runValues,
  type TrainingRun,
} from "./runs.ts";
export { loadWeights, saveWeights } from "./weights.ts";
