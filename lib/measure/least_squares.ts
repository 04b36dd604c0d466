/** The arithmetic of a ridge regression, in double precision. @module */

/** Rows of numbers in double precision. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/** Takes its mean out of each column; returns the means. */
export function centre({ rows, columns, data }: Matrix): Float64Array {
  const mean = new Float64Array(columns);
  data.forEach((value, i) => mean[i % columns] += value / rows);
  data.forEach((value, i) => data[i] = value - mean[i % columns]);
  return mean;
}

/** Transposed a times b, over n: [a.columns, b.columns]. */
export function products(a: Matrix, b: Matrix, n: number): Float64Array {
  const result = new Float64Array(a.columns * b.columns);
  for (let row = 0; row < a.rows; row++) {
    for (let i = 0; i < a.columns; i++) {
      const value = a.data[row * a.columns + i] / n;
      if (value === 0) continue; // after a ReLU many are
      const from = row * b.columns, to = i * b.columns;
      for (let j = 0; j < b.columns; j++) {
        result[to + j] += value * b.data[from + j];
      }
    }
  }
  return result;
}

/** Solves a * result = right for a symmetric positive a, by Cholesky's L * L^T. */
export function solve(
  a: Float64Array,
  right: Float64Array,
  n: number,
  columns: number,
): Float64Array {
  const diagonal = Array.from({ length: n }, (_, i) => a[i * n + i]);
  const least = 1e-12 * Math.max(...diagonal);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j];
      for (let k = 0; k < j; k++) sum -= a[i * n + k] * a[j * n + k];
      if (i !== j) a[i * n + j] = sum / a[j * n + j];
      else if (sum > least) a[i * n + i] = Math.sqrt(sum);
      else {
        throw new RangeError(
          `linearProbe() expects features that settle the answer but found number ${i} of ${n} to be a sum of the others: raise ridge, or pass more rows`,
        );
      }
    }
  }
  const result = right.slice();
  for (let c = 0; c < columns; c++) {
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < i; k++) {
        result[i * columns + c] -= a[i * n + k] * result[k * columns + c];
      }
      result[i * columns + c] /= a[i * n + i];
    }
    for (let i = n - 1; i >= 0; i--) {
      for (let k = i + 1; k < n; k++) {
        result[i * columns + c] -= a[k * n + i] * result[k * columns + c];
      }
      result[i * columns + c] /= a[i * n + i];
    }
  }
  return result;
}
