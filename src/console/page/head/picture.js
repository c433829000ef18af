/**
 * Draws the scene: how finely, and how much of it.
 *
 * A graphics card draws all of every frame. Without one, what rests is kept, and of it only the part is drawn again where
 * dots or tool have changed; a movement is drawn less finely (quality.js), and finely again when it has ended.
 */

import { Scene, WebGLRenderer } from '../vendor/three.js';
import { Quality, withoutCard } from './quality.js';
import { region } from './region.js';
import { plain } from './shading.js';

/** A movement has ended when nothing has moved for this long, ms. */
const SETTLED_MS = 220;
/** Share of the canvas beyond which drawing a part finely costs more than drawing all with fewer pixels. */
const LARGE = 0.15;

export class Picture {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {{renderer: WebGLRenderer, modest: boolean}} on  of rendererOn
   * @param {{eye: import('./camera.js').Eye, dots: import('./dots.js').Dots, head: any, parts: any[],
   *   invalidate: () => void}} of
   */
  constructor(canvas, { renderer, modest }, of) {
    this.canvas = canvas;
    this.of = of;
    this.renderer = renderer;
    this.quality = new Quality(modest);
    this.scene = new Scene();
    this.scene.add(of.head, of.dots.points, ...of.parts);
    this.whole = true;
    this.moved = false;
    this.spots = [];
    this.timer = 0;
    this.sized = '';
    this.drawn = this.quality.still;
    this.partial = 0;
  }

  /** All must be drawn again, finely. */
  changed() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.moved = false;
    this.whole = true;
    this.of.invalidate();
  }

  /** All must be drawn again, and more of it will follow soon. */
  moving() {
    if (this.timer === 0) this.quality.begin();
    this.#settle();
    this.moved = true;
    this.whole = true;
    this.of.invalidate();
  }

  /** Only what lies about these places must be drawn again. */
  touched(spots) {
    this.spots.push(...spots);
    this.of.invalidate();
  }

  setBackground(colour) {
    this.background = colour;
    this.renderer.setClearColor(plain(colour), 1);
  }

  /** The context has come back: the renderer has made all anew but what it was told once. */
  restored() {
    this.setBackground(this.background);
    this.changed();
  }

  /** @param {number} waitedMs @returns {boolean} whether anything had to be drawn */
  draw(waitedMs) {
    const { eye, dots } = this.of;
    const { canvas, quality, renderer } = this;
    const touched = this.#touched();
    const whole = this.whole || !quality.modest;
    const share = touched ? (touched.width * touched.height) / (canvas.clientWidth * canvas.clientHeight) : 1;
    if (!whole && share === 0) return false; // behind the head, or out of the picture
    const busy = !whole && share > LARGE;
    if (busy) this.#settle();
    const part = whole || busy ? null : touched;
    if (this.moved) quality.note(waitedMs);
    if (!part) {
      this.drawn = this.moved ? quality.moving : busy ? quality.busy : quality.still;
      this.#size(Math.min(window.devicePixelRatio * (quality.modest ? 1.5 : 1), this.drawn.ratio));
    }
    dots.material.uniforms.pxPerUnit.value = eye.pxPerUnit(canvas) * renderer.getPixelRatio();
    dots.upload(eye.camera.position.toArray(), this.drawn.dots);
    renderer.setScissorTest(part !== null);
    if (part) {
      renderer.setScissor(part.x, canvas.clientHeight - part.y - part.height, part.width, part.height);
      this.partial += 1;
    }
    renderer.render(this.scene, eye.camera);
    this.whole = false;
    this.moved = false;
    return true;
  }

  dispose() {
    clearTimeout(this.timer);
    this.of.head.geometry.dispose();
    this.renderer.resetState(); // the next head on this canvas has the same context
    this.renderer.dispose();
  }

  #settle() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.changed(), SETTLED_MS);
  }

  /** Where dots or tool have changed since the last frame; null: all over. */
  #touched() {
    const { dots, eye } = this.of;
    const changed = dots.touched(eye.camera.position.toArray());
    const spots = this.spots;
    this.spots = [];
    return changed && region([...changed, ...spots], eye, this.canvas);
  }

  #size(ratio) {
    const { clientWidth, clientHeight } = this.canvas;
    const { renderer } = this;
    const wanted = `${clientWidth} ${clientHeight} ${ratio}`;
    if (wanted === this.sized) return; // the canvas' own size may be that of a head before this one
    this.sized = wanted;
    renderer.setPixelRatio(ratio);
    renderer.setSize(clientWidth, clientHeight, false);
    this.of.dots.setRatio(ratio);
  }
}

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {{renderer: WebGLRenderer, modest: boolean}}  modest: no graphics card
 */
export function rendererOn(canvas) {
  const probe = document.createElement('canvas').getContext('webgl2');
  const modest = probe !== null && withoutCard(probe);
  probe?.getExtension('WEBGL_lose_context')?.loseContext();
  // Smoothing costs a processor more than the rest of the frame together, so there frames that rest have more pixels.
  const attributes = { alpha: false, antialias: !modest, depth: true, stencil: false, preserveDrawingBuffer: modest };
  const context = canvas.getContext('webgl2', attributes);
  if (!context) throw Object.assign(new Error('this browser draws no WebGL 2'), { code: 'no-webgl' });
  const renderer = new WebGLRenderer({ canvas, context, ...attributes });
  renderer.outputColorSpace = 'srgb-linear'; // colours go through as they are written
  return { renderer, modest };
}
