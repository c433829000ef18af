/** The part of the canvas that a few changes may have touched. */

/**
 * @param {Array<{at: number[], mm: number, px: number}>} spots  places, and how far about them something may be seen
 * @param {import('./camera.js').Eye} eye
 * @param {{clientWidth: number, clientHeight: number}} canvas
 * @returns {{x: number, y: number, width: number, height: number}}  CSS pixels from the upper left corner; none: 0 wide
 */
export function region(spots, eye, canvas) {
  const low = [canvas.clientWidth, canvas.clientHeight];
  const high = [0, 0];
  for (const { at, mm, px } of spots) {
    const about = mm * eye.pxPerMm(at, canvas) + px;
    eye.project(at, canvas).forEach((p, k) => {
      low[k] = Math.min(low[k], p - about);
      high[k] = Math.max(high[k], p + about);
    });
  }
  const [x, y] = low.map((l) => Math.max(0, Math.floor(l)));
  const right = Math.min(canvas.clientWidth, Math.ceil(high[0]));
  const bottom = Math.min(canvas.clientHeight, Math.ceil(high[1]));
  return { x, y, width: Math.max(0, right - x), height: Math.max(0, bottom - y) };
}
