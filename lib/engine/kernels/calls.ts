// deno-fmt-ignore-file
/**
 * Calls of our WebAssembly functions, whose numbers go by their names.
 *
 * Made by `deno task build:wasm` from lib/engine/assembly, which says what each
 * function does; addresses and steps are in bytes.
 *
 * @module
 */
type Named<Name extends string> = Readonly<Record<Name, number>>;

/**
 * OWN + 16 means byte 16 of the scratch of whichever thread takes the task. Only
 * tasks know such addresses.
 */
export const OWN = 2 ** 40;

/** Places in a call of numbers that are no addresses, however large. */
export const FLOATS: Readonly<Record<string, readonly number[]>> = {
  adam: [8, 9, 10, 11, 12, 13],
  attention: [10],
  attentionGradient: [13],
  clip: [1, 2],
  descend: [4, 5],
  follow: [2],
  normScale: [4],
  normSlopes: [6],
  reluGradient: [2],
  rowNorm: [3],
  rowNormGradient: [3],
  spreadRows: [4],
  sumRows: [4],
};

export const adam = (n: Named<"x" | "g" | "m" | "v" | "newX" | "newM" | "newV" | "size" | "beta1" | "beta2" | "rate" | "correction1" | "correction2" | "epsilon">) =>
  ["adam", n.x, n.g, n.m, n.v, n.newX, n.newM, n.newV, n.size, n.beta1, n.beta2, n.rate, n.correction1, n.correction2, n.epsilon] as const;
export const addParts = (n: Named<"from" | "step" | "parts" | "size" | "out">) =>
  ["addParts", n.from, n.step, n.parts, n.size, n.out] as const;
export const attention = (n: Named<"q" | "k" | "v" | "y" | "weights" | "first" | "count" | "tokens" | "width" | "heads" | "scale" | "panels" | "pointers">) =>
  ["attention", n.q, n.k, n.v, n.y, n.weights, n.first, n.count, n.tokens, n.width, n.heads, n.scale, n.panels, n.pointers] as const;
export const attentionGradient = (n: Named<"q" | "k" | "v" | "dy" | "weights" | "dq" | "dk" | "dv" | "first" | "count" | "tokens" | "width" | "heads" | "scale" | "slopes" | "turned" | "panels" | "pointers">) =>
  ["attentionGradient", n.q, n.k, n.v, n.dy, n.weights, n.dq, n.dk, n.dv, n.first, n.count, n.tokens, n.width, n.heads, n.scale, n.slopes, n.turned, n.panels, n.pointers] as const;
export const clear = (n: Named<"out" | "bytes">) =>
  ["clear", n.out, n.bytes] as const;
export const clip = (n: Named<"x" | "low" | "high" | "out" | "size">) =>
  ["clip", n.x, n.low, n.high, n.out, n.size] as const;
export const combine = (n: Named<"op" | "a" | "b" | "out" | "size">) =>
  ["combine", n.op, n.a, n.b, n.out, n.size] as const;
export const combineRow = (n: Named<"op" | "a" | "block" | "times" | "out" | "rows" | "columns">) =>
  ["combineRow", n.op, n.a, n.block, n.times, n.out, n.rows, n.columns] as const;
export const cut = (n: Named<"input" | "inHeight" | "inWidth" | "top" | "left" | "out" | "images" | "height" | "width" | "pixel">) =>
  ["cut", n.input, n.inHeight, n.inWidth, n.top, n.left, n.out, n.images, n.height, n.width, n.pixel] as const;
export const depthwise = (n: Named<"x" | "filters" | "out" | "images" | "height" | "width" | "channels" | "multiplier" | "outHeight" | "outWidth" | "windowY" | "windowX" | "strideY" | "strideX" | "dilationY" | "dilationX" | "top" | "left" | "bias" | "act">) =>
  ["depthwise", n.x, n.filters, n.out, n.images, n.height, n.width, n.channels, n.multiplier, n.outHeight, n.outWidth, n.windowY, n.windowX, n.strideY, n.strideX, n.dilationY, n.dilationX, n.top, n.left, n.bias, n.act] as const;
export const depthwiseFilterGradient = (n: Named<"x" | "dy" | "out" | "images" | "height" | "width" | "channels" | "multiplier" | "outHeight" | "outWidth" | "windowY" | "windowX" | "strideY" | "strideX" | "dilationY" | "dilationX" | "top" | "left">) =>
  ["depthwiseFilterGradient", n.x, n.dy, n.out, n.images, n.height, n.width, n.channels, n.multiplier, n.outHeight, n.outWidth, n.windowY, n.windowX, n.strideY, n.strideX, n.dilationY, n.dilationX, n.top, n.left] as const;
export const depthwiseInputGradient = (n: Named<"filters" | "dy" | "out" | "images" | "height" | "width" | "channels" | "multiplier" | "outHeight" | "outWidth" | "windowY" | "windowX" | "strideY" | "strideX" | "dilationY" | "dilationX" | "top" | "left">) =>
  ["depthwiseInputGradient", n.filters, n.dy, n.out, n.images, n.height, n.width, n.channels, n.multiplier, n.outHeight, n.outWidth, n.windowY, n.windowX, n.strideY, n.strideX, n.dilationY, n.dilationX, n.top, n.left] as const;
export const descend = (n: Named<"x" | "g" | "a" | "size" | "rate" | "momentum">) =>
  ["descend", n.x, n.g, n.a, n.size, n.rate, n.momentum] as const;
export const follow = (n: Named<"average" | "now" | "share" | "columns">) =>
  ["follow", n.average, n.now, n.share, n.columns] as const;
export const gatherRows = (n: Named<"x" | "ids" | "count" | "columns" | "out">) =>
  ["gatherRows", n.x, n.ids, n.count, n.columns, n.out] as const;
export const keepPixels = (n: Named<"x" | "images" | "height" | "width" | "strideY" | "strideX" | "channels" | "filters" | "out">) =>
  ["keepPixels", n.x, n.images, n.height, n.width, n.strideY, n.strideX, n.channels, n.filters, n.out] as const;
export const keepPixelsGradient = (n: Named<"dy" | "images" | "height" | "width" | "strideY" | "strideX" | "channels" | "filters" | "dx">) =>
  ["keepPixelsGradient", n.dy, n.images, n.height, n.width, n.strideY, n.strideX, n.channels, n.filters, n.dx] as const;
export const maxPoolGradient = (n: Named<"x" | "y" | "dy" | "dx" | "images" | "height" | "width" | "depth" | "outHeight" | "outWidth" | "windowY" | "windowX" | "strideY" | "strideX" | "top" | "left">) =>
  ["maxPoolGradient", n.x, n.y, n.dy, n.dx, n.images, n.height, n.width, n.depth, n.outHeight, n.outWidth, n.windowY, n.windowX, n.strideY, n.strideX, n.top, n.left] as const;
export const meanOfParts = (n: Named<"sums" | "parts" | "rows" | "columns" | "out">) =>
  ["meanOfParts", n.sums, n.parts, n.rows, n.columns, n.out] as const;
export const normGradient = (n: Named<"x" | "dy" | "a" | "b" | "c" | "factor" | "term" | "times" | "out" | "rows" | "columns">) =>
  ["normGradient", n.x, n.dy, n.a, n.b, n.c, n.factor, n.term, n.times, n.out, n.rows, n.columns] as const;
export const normScale = (n: Named<"mean" | "variance" | "gamma" | "beta" | "epsilon" | "factor" | "term" | "columns">) =>
  ["normScale", n.mean, n.variance, n.gamma, n.beta, n.epsilon, n.factor, n.term, n.columns] as const;
export const normSlopes = (n: Named<"sums" | "parts" | "rows" | "mean" | "variance" | "gamma" | "epsilon" | "dGamma" | "dBeta" | "a" | "b" | "c" | "columns">) =>
  ["normSlopes", n.sums, n.parts, n.rows, n.mean, n.variance, n.gamma, n.epsilon, n.dGamma, n.dBeta, n.a, n.b, n.c, n.columns] as const;
export const outer = (n: Named<"input" | "inImage" | "inY" | "inX" | "dy" | "dyImage" | "dyY" | "dyX" | "images" | "height" | "width" | "count1" | "step1" | "count2" | "step2" | "run" | "columns" | "sums">) =>
  ["outer", n.input, n.inImage, n.inY, n.inX, n.dy, n.dyImage, n.dyY, n.dyX, n.images, n.height, n.width, n.count1, n.step1, n.count2, n.step2, n.run, n.columns, n.sums] as const;
export const packPanels = (n: Named<"kernel" | "depth" | "columns" | "rowStep" | "columnStep" | "panels" | "panelStep">) =>
  ["packPanels", n.kernel, n.depth, n.columns, n.rowStep, n.columnStep, n.panels, n.panelStep] as const;
export const place = (n: Named<"input" | "images" | "height" | "width" | "pixel" | "out" | "outHeight" | "outWidth" | "top" | "left">) =>
  ["place", n.input, n.images, n.height, n.width, n.pixel, n.out, n.outHeight, n.outWidth, n.top, n.left] as const;
export const pool = (n: Named<"mean" | "x" | "y" | "images" | "height" | "width" | "depth" | "outHeight" | "outWidth" | "windowY" | "windowX" | "strideY" | "strideX" | "top" | "left" | "line">) =>
  ["pool", n.mean, n.x, n.y, n.images, n.height, n.width, n.depth, n.outHeight, n.outWidth, n.windowY, n.windowX, n.strideY, n.strideX, n.top, n.left, n.line] as const;
export const product = (n: Named<"input" | "inImage" | "inY" | "inX" | "images" | "height" | "width" | "count1" | "step1" | "count2" | "step2" | "run" | "panels" | "columns" | "out" | "outImage" | "outY" | "outX" | "bias" | "act" | "pointers">) =>
  ["product", n.input, n.inImage, n.inY, n.inX, n.images, n.height, n.width, n.count1, n.step1, n.count2, n.step2, n.run, n.panels, n.columns, n.out, n.outImage, n.outY, n.outX, n.bias, n.act, n.pointers] as const;
export const reluGradient = (n: Named<"x" | "dy" | "limit" | "out" | "size">) =>
  ["reluGradient", n.x, n.dy, n.limit, n.out, n.size] as const;
export const repeat = (n: Named<"row" | "columns" | "times" | "out">) =>
  ["repeat", n.row, n.columns, n.times, n.out] as const;
export const rowNorm = (n: Named<"x" | "gamma" | "beta" | "epsilon" | "out" | "rows" | "columns">) =>
  ["rowNorm", n.x, n.gamma, n.beta, n.epsilon, n.out, n.rows, n.columns] as const;
export const rowNormGradient = (n: Named<"x" | "gamma" | "dy" | "epsilon" | "dx" | "sums" | "rows" | "columns">) =>
  ["rowNormGradient", n.x, n.gamma, n.dy, n.epsilon, n.dx, n.sums, n.rows, n.columns] as const;
export const scaleRow = (n: Named<"x" | "factor" | "term" | "times" | "add" | "relu" | "out" | "rows" | "columns">) =>
  ["scaleRow", n.x, n.factor, n.term, n.times, n.add, n.relu, n.out, n.rows, n.columns] as const;
export const scatter = (n: Named<"windows" | "height" | "width" | "count1" | "step1" | "count2" | "step2" | "run" | "out" | "outY" | "outX">) =>
  ["scatter", n.windows, n.height, n.width, n.count1, n.step1, n.count2, n.step2, n.run, n.out, n.outY, n.outX] as const;
export const segmentSum = (n: Named<"x" | "ids" | "rows" | "columns" | "segments" | "out">) =>
  ["segmentSum", n.x, n.ids, n.rows, n.columns, n.segments, n.out] as const;
export const spreadRows = (n: Named<"x" | "blocks" | "rows" | "columns" | "factor" | "out">) =>
  ["spreadRows", n.x, n.blocks, n.rows, n.columns, n.factor, n.out] as const;
export const strays = (n: Named<"x" | "size">) =>
  ["strays", n.x, n.size] as const;
export const sumProducts = (n: Named<"x" | "mean4" | "dy" | "factor" | "term" | "rows" | "columns" | "sums" | "scratch">) =>
  ["sumProducts", n.x, n.mean4, n.dy, n.factor, n.term, n.rows, n.columns, n.sums, n.scratch] as const;
export const sumRows = (n: Named<"x" | "blocks" | "rows" | "columns" | "factor" | "out" | "sums">) =>
  ["sumRows", n.x, n.blocks, n.rows, n.columns, n.factor, n.out, n.sums] as const;
export const sumSquares = (n: Named<"x" | "mean4" | "rows" | "columns" | "sums" | "scratch">) =>
  ["sumSquares", n.x, n.mean4, n.rows, n.columns, n.sums, n.scratch] as const;
export const unpadSums = (n: Named<"sums" | "runs" | "run" | "columns" | "out">) =>
  ["unpadSums", n.sums, n.runs, n.run, n.columns, n.out] as const;
export const winogradFilter = (n: Named<"m" | "kernel" | "tapStep" | "inStep" | "outStep" | "cin" | "cout" | "first" | "last" | "panels" | "temp">) =>
  ["winogradFilter", n.m, n.kernel, n.tapStep, n.inStep, n.outStep, n.cin, n.cout, n.first, n.last, n.panels, n.temp] as const;
export const winogradForward = (n: Named<"m" | "x" | "images" | "inHeight" | "inWidth" | "top" | "left" | "cin" | "tilesY" | "tilesX" | "panels" | "cout" | "out" | "height" | "width" | "bias" | "act" | "work" | "chunk">) =>
  ["winogradForward", n.m, n.x, n.images, n.inHeight, n.inWidth, n.top, n.left, n.cin, n.tilesY, n.tilesX, n.panels, n.cout, n.out, n.height, n.width, n.bias, n.act, n.work, n.chunk] as const;
export const winogradGradient = (n: Named<"m" | "x" | "images" | "inHeight" | "inWidth" | "top" | "left" | "cin" | "tilesY" | "tilesX" | "dy" | "cout" | "height" | "width" | "sums" | "work" | "chunk">) =>
  ["winogradGradient", n.m, n.x, n.images, n.inHeight, n.inWidth, n.top, n.left, n.cin, n.tilesY, n.tilesX, n.dy, n.cout, n.height, n.width, n.sums, n.work, n.chunk] as const;
export const winogradSums = (n: Named<"m" | "sums" | "cin" | "cout" | "out" | "first" | "last" | "temp">) =>
  ["winogradSums", n.m, n.sums, n.cin, n.cout, n.out, n.first, n.last, n.temp] as const;
export const winogradTiles = (n: Named<"m" | "x" | "inHeight" | "inWidth" | "top" | "left" | "cin" | "tilesY" | "tilesX" | "dy" | "cout" | "height" | "width" | "first" | "count" | "inputs" | "plane" | "given" | "dyPlane" | "temp">) =>
  ["winogradTiles", n.m, n.x, n.inHeight, n.inWidth, n.top, n.left, n.cin, n.tilesY, n.tilesX, n.dy, n.cout, n.height, n.width, n.first, n.count, n.inputs, n.plane, n.given, n.dyPlane, n.temp] as const;
