/** When frames are drawn: on demand, once for all that changed, never more often than asked for. */

/** Frames that follow each other this closely are one movement, ms. */
const FLOWING_MS = 250;

export class Pace {
  /**
   * @param {(gap: number) => void} draw  gap: ms since the last frame, if that one asked for this; else 0
   * @param {number} maxFps
   */
  constructor(draw, maxFps) {
    this.draw = draw;
    this.gapMs = 1000 / maxFps;
    this.request = 0;
    this.last = -Infinity;
    this.drawn = 0;
    this.spentMs = 0;
  }

  invalidate() {
    if (this.request === 0) this.request = requestAnimationFrame((now) => this.#tick(now));
  }

  /** @returns {{drawn: number, meanMs: number}} frames so far, and what one costs here (not the graphics card) */
  frames() {
    return { drawn: this.drawn, meanMs: this.drawn > 0 ? this.spentMs / this.drawn : 0 };
  }

  dispose() {
    cancelAnimationFrame(this.request);
    this.request = -1; // and asks for no other
  }

  #tick(now) {
    this.request = 0;
    const gap = now - this.last;
    // Two ms of grace: a screen's own beat must not turn 30 frames a second into 20.
    if (gap < this.gapMs - 2) {
      this.invalidate();
      return;
    }
    this.last = now;
    const began = performance.now();
    this.draw(gap < FLOWING_MS ? gap : 0);
    this.spentMs += performance.now() - began;
    this.drawn += 1;
  }
}
