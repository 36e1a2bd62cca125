/** A matrix [rows, columns], row-major, as [columns, rows]. */
export function transpose(values: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(values.length);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) turned[column * rows + row] = values[row * columns + column]!;
  }
  return turned;
}
