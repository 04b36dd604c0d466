// Kernels in the order in which the product reads them.

/**
 * Packs a kernel [depth, columns] into panels of eight columns, the last filled
 * up with zeros, `panelStep` bytes apart. `rowStep` and `columnStep` (bytes) say
 * how the kernel lies, so a transposed one needs no copy of its own.
 */
export function packPanels(
  kernel: usize, depth: i32, columns: i32, rowStep: usize, columnStep: usize,
  panels: usize, panelStep: usize,
): void {
  for (let c = 0; c < columns; c += 8) {
    let to = panels + <usize>(c >> 3) * panelStep;
    const width = min(8, columns - c);
    let from = kernel + <usize>c * columnStep;
    if (columnStep == 4 && width == 8) {
      for (let k = 0; k < depth; k++) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
        from += rowStep;
        to += 32;
      }
    } else if (rowStep == 4 && width == 8) {
      const f1 = columnStep, f2 = f1 + f1, f3 = f2 + f1, f4 = f2 + f2;
      let k = 0;
      for (; k + 4 <= depth; k += 4) {
        transpose4(from, f1, f2, f3, to);
        transpose4(from + f4, f1, f2, f3, to + 16);
        from += 16;
        to += 128;
      }
      for (; k < depth; k++) {
        for (let i = 0; i < 8; i++) {
          f32.store(to + (<usize>i << 2), f32.load(from + <usize>i * columnStep));
        }
        from += 4;
        to += 32;
      }
    } else {
      const zero = f32x4.splat(0);
      for (let k = 0; k < depth; k++) {
        v128.store(to, zero);
        v128.store(to, zero, 16);
        for (let i = 0; i < width; i++) {
          f32.store(to + (<usize>i << 2), f32.load(from + <usize>i * columnStep));
        }
        from += rowStep;
        to += 32;
      }
    }
  }
}

/** Four rows of four, turned; the results lie 32 bytes apart. */
// @ts-ignore: decorator
@inline
function transpose4(from: usize, f1: usize, f2: usize, f3: usize, to: usize): void {
  const a = v128.load(from), b = v128.load(from + f1);
  const c = v128.load(from + f2), d = v128.load(from + f3);
  const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5), ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5), cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(ab0, cd0, 0, 1, 4, 5));
  v128.store(to, v128.shuffle<f32>(ab0, cd0, 2, 3, 6, 7), 32);
  v128.store(to, v128.shuffle<f32>(ab1, cd1, 0, 1, 4, 5), 64);
  v128.store(to, v128.shuffle<f32>(ab1, cd1, 2, 3, 6, 7), 96);
}
