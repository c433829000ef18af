/**
 * Anchors of patterns: dragged over the skin by the ring, turned by the knob, with mouse, finger or pen.
 *
 * A pointer's moves are only noted where they arrive; `step`, once a frame, follows the last one.
 *
 * @typedef {import('./surface.js').Vec} Vec
 * @typedef {{id: string, at: Vec, normal: Vec, rotationDeg: number, label?: string, selected?: boolean}} Anchor
 * @typedef {{id: string, part: 'ring' | 'knob', pointer: number, grip: [number, number], start: Anchor}} Held
 */

import { Group, Vector3 } from '../vendor/three.js';
import { Handle, KNOB, RING_PX, turnedAxes } from './handle.js';
import { axesAt } from './surface.js';

/** How near a finger must come to ring or knob, CSS pixels. */
const REACH_PX = 24;

export class Anchors {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {{surface: import('./surface.js').Surface, camera: any, theme: any, invalidate: () => void,
   *   onDrag?: (moved: any) => void, onTurn?: (turned: any) => void}} parts
   */
  constructor(canvas, parts) {
    this.canvas = canvas;
    this.parts = parts;
    this.group = new Group();
    /** @type {Map<string, {anchor: Anchor, handle: Handle}>} */
    this.known = new Map();
    /** @type {Held | null} */
    this.held = null;
    /** @type {[number, number] | null} */
    this.moved = null;
    this.leaving = new AbortController();
    const on = (name, then) => canvas.addEventListener(name, then, { capture: true, signal: this.leaving.signal });
    on('pointerdown', (event) => this.#down(event));
    on('pointermove', (event) => this.#move(event));
    on('pointerup', (event) => this.#up(event, false));
    on('pointercancel', (event) => this.#up(event, true));
  }

  /** @param {Anchor[]} anchors */
  set(anchors) {
    const wanted = new Set(anchors.map((a) => a.id));
    for (const id of [...this.known.keys()].filter((id) => !wanted.has(id))) this.#remove(id);
    for (const anchor of anchors) {
      const old = this.known.get(anchor.id);
      const handle = old?.handle ?? this.#added();
      // What a hand holds stays where the hand has it; the page's word comes when it has let go.
      const place = old && this.held?.id === anchor.id ? old.anchor : anchor;
      const kept = { ...anchor, at: place.at, normal: place.normal, rotationDeg: place.rotationDeg };
      this.known.set(anchor.id, { anchor: kept, handle });
      handle.show(kept, Boolean(kept.selected));
    }
  }

  setTheme(theme) {
    this.parts.theme = theme;
    for (const { handle } of this.known.values()) handle.setTheme(theme);
  }

  /** Follows the pointer's last move. */
  step() {
    if (!this.moved || !this.held) return;
    const moved = this.moved;
    this.moved = null;
    this.#follow(moved);
    this.#tell(false);
  }

  /** Puts the handles where this frame's camera wants them. */
  place(pxPerUnit) {
    for (const { anchor, handle } of this.known.values()) handle.place(anchor, this.parts.camera, pxPerUnit);
  }

  /** @returns {import('./surface.js').Place | null} where it went; null where there is no skin or no such anchor */
  nudge(id, dx, dy) {
    const known = this.known.get(id);
    const to = known ? this.parts.surface.beside(known.anchor, dx, dy) : null;
    if (!to) return null;
    Object.assign(known.anchor, to);
    this.parts.onDrag?.({ id, ...to, done: true });
    return to;
  }

  /** @returns {number | null} the rotation now */
  turn(id, deg) {
    const known = this.known.get(id);
    if (!known) return null;
    known.anchor.rotationDeg = wrapped(known.anchor.rotationDeg + deg);
    this.parts.onTurn?.({ id, rotationDeg: known.anchor.rotationDeg, done: true });
    return known.anchor.rotationDeg;
  }

  dispose() {
    this.leaving.abort();
    for (const id of [...this.known.keys()]) this.#remove(id);
  }

  #added() {
    const handle = new Handle(this.parts.theme);
    this.group.add(handle.mesh, handle.label);
    return handle;
  }

  #remove(id) {
    const { handle } = this.known.get(id);
    this.group.remove(handle.mesh, handle.label);
    handle.dispose();
    this.known.delete(id);
    if (this.held?.id === id) this.held = null;
  }

  #down(event) {
    const px = this.#pixel(event);
    const grip = this.held ? null : this.#under(px);
    if (!grip && !this.held) return; // the camera's
    event.stopImmediatePropagation(); // a second finger turns no head while the first one holds an anchor
    if (this.held || event.button !== 0) return;
    const { anchor, handle } = this.known.get(grip.id);
    this.held = {
      id: grip.id,
      part: grip.part,
      pointer: event.pointerId,
      grip: [grip.at[0] - px[0], grip.at[1] - px[1]],
      start: { ...anchor },
    };
    this.canvas.setPointerCapture(event.pointerId);
    handle.show(anchor, true);
    this.parts.invalidate();
  }

  #move(event) {
    if (this.held?.pointer === event.pointerId) {
      event.stopImmediatePropagation();
      this.moved = this.#pixel(event);
      this.parts.invalidate();
    } else if (event.pointerType === 'mouse' && event.buttons === 0) {
      this.canvas.style.cursor = this.#under(this.#pixel(event)) ? 'grab' : '';
    }
  }

  #up(event, cancelled) {
    if (this.held?.pointer !== event.pointerId) return;
    event.stopImmediatePropagation();
    const { anchor, handle } = this.known.get(this.held.id);
    if (cancelled) Object.assign(anchor, this.held.start);
    else this.#follow(this.#pixel(event));
    this.moved = null;
    this.#tell(true);
    this.held = null;
    handle.show(anchor, Boolean(anchor.selected));
    this.parts.invalidate();
  }

  #follow(px) {
    const { id, part, grip } = this.held;
    const { anchor } = this.known.get(id);
    const { from, along } = this.#ray([px[0] + grip[0], px[1] + grip[1]]);
    if (part === 'ring') {
      const place = this.parts.surface.hit(from, along);
      if (place) Object.assign(anchor, place); // beside the head it waits at the last place on it
      return;
    }
    const sum = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    const down = sum(along, anchor.normal);
    if (Math.abs(down) < 0.05) return; // along the skin: no angle can be told
    const far = (sum(anchor.at, anchor.normal) - sum(from, anchor.normal)) / down;
    const out = anchor.at.map((a, k) => from[k] + far * along[k] - a);
    const { right, forward } = axesAt(anchor);
    anchor.rotationDeg = wrapped((Math.atan2(-sum(out, right), sum(out, forward)) * 180) / Math.PI);
  }

  #tell(done) {
    const { id, part } = this.held;
    const { anchor } = this.known.get(id);
    if (part === 'ring') this.parts.onDrag?.({ id, at: anchor.at, normal: anchor.normal, done });
    else this.parts.onTurn?.({ id, rotationDeg: anchor.rotationDeg, done });
  }

  /** The ring or knob nearest to a pixel, within reach. */
  #under(px) {
    let [best, least] = [null, REACH_PX];
    for (const { anchor, handle } of this.known.values()) {
      if (!handle.mesh.visible) continue;
      const middle = this.#project(anchor.at);
      const unit = handle.mesh.matrix.getMaxScaleOnAxis();
      const { up } = turnedAxes(anchor);
      const knob = this.#project(anchor.at.map((a, k) => a + KNOB * unit * up[k]));
      for (const [part, at] of [['knob', knob], ['ring', middle]]) {
        const distance = Math.max(0, Math.hypot(at[0] - px[0], at[1] - px[1]) - (part === 'ring' ? RING_PX / 3 : 0));
        if (distance < least) [best, least] = [{ id: anchor.id, part, at }, distance];
      }
    }
    return best;
  }

  #pixel(event) {
    const { left, top } = this.canvas.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }

  #project(at) {
    const p = new Vector3(...at).project(this.parts.camera);
    const { clientWidth, clientHeight } = this.canvas;
    return [((p.x + 1) / 2) * clientWidth, ((1 - p.y) / 2) * clientHeight];
  }

  #ray(px) {
    const { clientWidth, clientHeight } = this.canvas;
    const { camera } = this.parts;
    const to = new Vector3((2 * px[0]) / clientWidth - 1, 1 - (2 * px[1]) / clientHeight, 0.5).unproject(camera);
    const along = to.sub(camera.position).normalize();
    return { from: camera.position.toArray(), along: along.toArray() };
  }
}

/** Degrees in (-180, 180]. */
function wrapped(deg) {
  return deg - 360 * Math.ceil((deg - 180) / 360);
}
