/** Output length of one axis: how many places a window of `size` can stand in. */
export function outputLength(
  length: number,
  { size, stride, padding }: {
    size: number;
    stride: number;
    padding: "same" | "valid";
  },
): number {
  return padding === "same"
    ? Math.ceil(length / stride)
    : Math.floor((length - size) / stride) + 1;
}
