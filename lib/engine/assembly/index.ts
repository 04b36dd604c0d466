// What the binary exports. Memory is TensorFlow.js's own: every pointer is an
// offset into it, and this module keeps nothing there by itself.
export { packPanels } from "./pack";
export { product } from "./product";
export { outer, unpadSums } from "./outer";
export { clear, cut, keepPixels, keepPixelsGradient, place, scatter } from "./window";
export { maxPoolGradient, pool } from "./pool";
export { clip, combine, combineRow, reluGradient, repeat, scaleRow, strays } from "./elementwise";
export { spreadRows, sumRows } from "./sums";
export { normGradient, sumProducts, sumSquares } from "./norm";
export { follow, meanOfParts, normScale, normSlopes } from "./channels";
export { rowNorm, rowNormGradient } from "./row_norm";
export { attention, attentionGradient } from "./attention";
export { depthwise, depthwiseFilterGradient, depthwiseInputGradient } from "./depthwise";
export { addParts } from "./parts";
export { gatherRows, segmentSum } from "./segment";
export { adam } from "./adam";
export { descend } from "./descent";
export { winogradForward, winogradGradient, winogradTiles } from "./winograd";
export { winogradFilter, winogradSums } from "./winograd_kernel";
export { abandon, join, publish, sequence, work } from "./threads";
