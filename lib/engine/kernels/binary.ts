/** Functions of the binary; see `lib/engine/assembly` for what they do. */
export type Binary =
  & { strays(address: number, size: number): number }
  & Record<
    | "packPanels"
    | "product"
    | "outer"
    | "unpadSums"
    | "clear"
    | "cut"
    | "place"
    | "scatter"
    | "maxPoolGradient"
    | "pool"
    | "clip"
    | "combine"
    | "combineRow"
    | "reluGradient"
    | "repeat"
    | "scaleRow"
    | "spreadRows"
    | "sumRows"
    | "normGradient"
    | "sumProducts"
    | "sumSquares"
    | "depthwise"
    | "depthwiseFilterGradient"
    | "depthwiseInputGradient"
    | "segmentSum"
    | "winogradFilter"
    | "winogradForward"
    | "winogradGradient"
    | "winogradSums"
    | "winogradTiles"
    | "adam"
    | "addParts",
    (...numbers: number[]) => void
  >;
