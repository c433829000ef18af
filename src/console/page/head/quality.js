/**
 * How finely a movement is drawn. What rests is always drawn finely; while the head turns, a slow machine may draw fewer
 * pixels and fewer of the dots that are as they should be. Never fewer of the others.
 */

/**
 * ratio: pixels per CSS pixel at most; dots: of more than so many only a part is drawn. On a processor a dot costs one to
 * two microseconds however small it is.
 */
const LEVELS = Object.freeze([
  { ratio: 2, dots: Infinity },
  { ratio: 1, dots: Infinity },
  { ratio: 0.8, dots: 12_000 },
  { ratio: 0.65, dots: 6_000 },
]);
/** A frame that comes so long after it was asked for is late, ms: 30 in a second are wanted. */
const LATE_MS = 33;
/** So soon that a finer level may be tried, ms. */
const SOON_MS = 15;
const ENOUGH = 6;

export class Quality {
  /** @param {boolean} modest  begin with little: there is no graphics card */
  constructor(modest) {
    this.modest = modest;
    this.level = modest ? 2 : 0;
    /** For a frame that stays: without a card more pixels stand in for smoothing. */
    this.still = { ratio: modest ? 1.5 : 2, dots: Infinity };
    /** For frames whose dots change all over. */
    this.busy = { ratio: modest ? 1 : 2, dots: Infinity };
    this.#forget();
  }

  /** For the next frame of a movement. */
  get moving() {
    return LEVELS[this.level];
  }

  /** A movement begins: one that went easily lets the next be finer. */
  begin() {
    if (this.count >= ENOUGH && this.mean < SOON_MS && this.level > 0) this.level -= 1;
    this.#forget();
  }

  /** @param {number} waitMs  from asking for a frame to drawing it: long where the last ones are still being made */
  note(waitMs) {
    this.count += 1;
    this.mean += (waitMs - this.mean) / Math.min(this.count, ENOUGH);
    if (this.count >= ENOUGH && this.mean > LATE_MS && this.level < LEVELS.length - 1) {
      this.level += 1;
      this.#forget();
    }
  }

  #forget() {
    this.count = 0;
    this.mean = 0;
  }
}

/** Whether a context is drawn by the processor. @param {WebGL2RenderingContext} gl */
export function withoutCard(gl) {
  const more = gl.getExtension('WEBGL_debug_renderer_info');
  const name = String(gl.getParameter(more ? more.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(name);
}
