/** When frames are drawn: on demand, once for all that changed, never more often than asked for. */

export class Pace {
  /**
   * @param {(waitedMs: number) => boolean} draw  told how long ago the frame was asked for; says whether there was
   *   anything to draw
   * @param {number} maxFps
   */
  constructor(draw, maxFps) {
    this.draw = draw;
    this.gapMs = 1000 / maxFps;
    this.request = 0;
    this.asked = 0;
    this.last = -Infinity;
    this.drawn = 0;
    this.spentMs = 0;
  }

  invalidate() {
    if (this.request !== 0) return;
    this.asked = performance.now();
    this.request = requestAnimationFrame((now) => this.#tick(now));
  }

  /** @returns {{drawn: number, meanMs: number}} frames so far, and what one costs here, not on the graphics side */
  frames() {
    return { drawn: this.drawn, meanMs: this.drawn > 0 ? this.spentMs / this.drawn : 0 };
  }

  dispose() {
    cancelAnimationFrame(this.request);
    this.request = -1; // and asks for no other
  }

  #tick(now) {
    this.request = 0;
    // Two ms of grace: a screen's own beat must not turn 30 frames a second into 20.
    if (now - this.last < this.gapMs - 2) {
      this.invalidate();
      return;
    }
    this.last = now;
    const began = performance.now();
    if (!this.draw(began - this.asked)) return;
    this.spentMs += performance.now() - began;
    this.drawn += 1;
  }
}
