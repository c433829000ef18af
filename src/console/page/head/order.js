/** Which dots are drawn, and in which order. */

import { STATES } from './states.js';

const PRIORITY = Uint8Array.from(STATES, (s) => s.priority);
const LAST = Math.max(...PRIORITY);
/** States of this priority or less are as they should be: planned, done. */
const QUIET = 1;
/** Cosine between a dot's normal and the line to the eye, below which the dot is not drawn. */
export const FACING = 0.08;

/**
 * Writes the dots that face the eye to `out`, those of greater priority last, so that they are drawn over the others.
 * Done here and not on the graphics side: a point that is dropped there costs a third of one that is drawn.
 *
 * @param {Float32Array} positions
 * @param {Int8Array} marks      normal * 127 and state, four for each dot
 * @param {number[]} eye
 * @param {number} thin          one in so many quiet dots
 * @param {Uint32Array} out
 * @returns {number} how many
 */
export function inOrder(positions, marks, [ex, ey, ez], thin, out) {
  const count = marks.length / 4;
  const starts = new Uint32Array(LAST + 2);
  const ranks = new Uint8Array(count); // priority + 1; 0: not drawn
  for (let dot = 0, p = 0, m = 0; dot < count; dot++, p += 3, m += 4) {
    const [x, y, z] = [ex - positions[p], ey - positions[p + 1], ez - positions[p + 2]];
    const towards = x * marks[m] + y * marks[m + 1] + z * marks[m + 2];
    const least = 127 * FACING;
    if (towards <= 0 || towards * towards < least * least * (x * x + y * y + z * z)) continue;
    const priority = PRIORITY[marks[m + 3]];
    if (thin > 1 && priority <= QUIET && scattered(dot) % thin !== 0) continue;
    ranks[dot] = priority + 1;
    starts[priority + 1] += 1;
  }
  for (let k = 1; k < starts.length; k++) starts[k] += starts[k - 1];
  const total = starts[LAST + 1];
  for (let dot = 0; dot < count; dot++) {
    if (ranks[dot] > 0) out[starts[ranks[dot] - 1]++] = dot;
  }
  return total;
}

/** A number that has nothing to do with the dot's neighbours, so that thinning leaves no stripes. */
function scattered(dot) {
  return Math.imul(dot, 2654435761) >>> 16;
}
