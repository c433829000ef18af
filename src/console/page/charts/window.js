/** The last values of a chart, oldest first; what is older than the window goes, so memory is bounded. */

/** Rows beyond what the window can show, thrown away in one go. */
const SLACK = 512;

export class Window {
  /**
   * @param {number} series
   * @param {number} span   width of the window, in units of x
   * @param {number} most   rows kept at most, however close together
   */
  constructor(series, span, most) {
    this.span = span;
    this.most = most;
    /** x, then one column for each series. @type {Array<Array<number | null>>} */
    this.columns = Array.from({ length: series + 1 }, () => []);
  }

  get length() {
    return this.columns[0].length;
  }

  /** @param {number} x  not less than the last one: a clock that goes back begins anew @param {ArrayLike<number | null>} values */
  push(x, values) {
    if (values.length !== this.columns.length - 1) {
      throw new RangeError(`${values.length} values for ${this.columns.length - 1} series`);
    }
    if (!Number.isFinite(x)) throw new RangeError(`a value at ${x}`);
    const [xs] = this.columns;
    if (xs.length > 0 && x < /** @type {number} */ (xs[xs.length - 1])) this.clear();
    xs.push(x);
    for (let k = 0; k < values.length; k++) {
      const value = values[k];
      this.columns[k + 1].push(Number.isFinite(value) ? value : null); // a gap in the line
    }
    this.#trim();
  }

  /** @param {ArrayLike<number>} xs @param {Array<ArrayLike<number | null>>} columns */
  setAll(xs, columns) {
    if (columns.some((column) => column.length !== xs.length)) throw new RangeError('columns of different lengths');
    this.clear();
    const from = Math.max(0, xs.length - this.most);
    for (let row = from; row < xs.length; row++) this.push(xs[row], columns.map((column) => column[row]));
  }

  clear() {
    for (const column of this.columns) column.length = 0;
  }

  /** The last value of a series that is one. @returns {number | null} */
  last(series) {
    const column = this.columns[series + 1];
    for (let row = column.length - 1; row >= 0; row--) {
      if (column[row] !== null) return column[row];
    }
    return null;
  }

  #trim() {
    const [xs] = this.columns;
    const end = /** @type {number} */ (xs[xs.length - 1]);
    let old = Math.max(0, xs.length - this.most);
    // One row before the window stays, so that lines come in from the edge.
    while (old + 1 < xs.length && /** @type {number} */ (xs[old + 1]) < end - this.span) old += 1;
    if (old > SLACK || xs.length > this.most + SLACK) for (const column of this.columns) column.splice(0, old);
  }
}
