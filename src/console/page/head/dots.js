/** All dots in one draw call: points, whose glyphs the fragment shader cuts out. */

import { BufferAttribute, BufferGeometry, Points, ShaderMaterial } from '../vendor/three.js';
import { FACING, inOrder } from './order.js';
import { plain } from './shading.js';
import { GLYPHS, STATES, rimOf } from './states.js';

const COUNT = STATES.length;
/** Width of the rim, CSS pixels. */
const RIM_PX = 1.5;
/** More changed dots than this are not looked at one by one. */
const LOCAL = 400;
const MOST_MM = Math.max(...STATES.map((s) => s.mm));
const MOST_PX = Math.max(...STATES.map((s) => s.px));

// A point's sprite faces the eye while its skin may be tilted, so it is brought nearer along the line of sight (which
// moves nothing on the screen) until no half of it drowns in the skin beside it; 6 mm at most, so that it shines through
// no ear.
const VERTEX = `
attribute vec4 mark; // normal, state / 127: a format that every graphics side takes as it is
uniform float pxPerUnit;
uniform float ratio;
uniform vec4 looks[${COUNT}]; // mm, least px, rim px
uniform vec3 colours[${COUNT}];
flat varying vec4 colour; // and the state
flat varying vec2 shape; // radius px; sprite's half, radii
void main() {
  int state = int(mark.w * 127.0 + 0.5);
  vec4 look = looks[state];
  vec4 eye = modelViewMatrix * vec4(position, 1.0);
  vec3 toEye = normalize(-eye.xyz);
  float facing = clamp(dot(mat3(modelViewMatrix) * mark.xyz, toEye), ${FACING}, 1.0);
  float radius = 0.5 * max(look.x * pxPerUnit / -eye.z, look.y * ratio);
  float tilt = min(sqrt(1.0 - facing * facing) / facing, 3.0);
  float nearer = 0.25 + tilt * radius * -eye.z / pxPerUnit;
  eye.xyz += toEye * min(nearer, 6.0);
  gl_Position = projectionMatrix * eye;
  float around = radius + look.z * ratio + 0.5;
  gl_PointSize = 2.0 * around;
  shape = vec2(radius, around / radius);
  colour = vec4(colours[state], float(state));
}`;

// Nearly all dots are planned or done: their shapes come first. Few varyings, because setting them up for 30,000 points
// is a good part of a frame without a graphics card; rims, which few have, are looked up here.
const cases = STATES.map((s, k) => `  if (state == ${k}) return ${GLYPHS[s.glyph].distance};`).join('\n');

const FRAGMENT = `
uniform vec4 rims[${COUNT}]; // colour, px
flat varying vec4 colour;
flat varying vec2 shape;
float crossed(vec2 q) { return max(min(q.x, q.y) - 0.2, max(q.x, q.y) - 0.96); }
float distanceTo(int state, vec2 p, float r) {
${cases}
  return r;
}
void main() {
  int state = int(colour.w + 0.5);
  vec2 p = (gl_PointCoord * 2.0 - 1.0) * vec2(shape.y, -shape.y);
  float d = distanceTo(state, p, length(p)) * shape.x;
  vec4 rim = rims[state];
  float cover = clamp(0.5 + rim.w - d, 0.0, 1.0);
  gl_FragColor = vec4(mix(rim.xyz, colour.xyz, clamp(0.5 - d, 0.0, 1.0)), cover);
}`;

export class Dots {
  constructor() {
    this.count = 0;
    /** Dots changed since they were last asked for; one more than LOCAL stands for all. @type {number[]} */
    this.changed = [];
    this.material = new ShaderMaterial({
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      uniforms: {
        pxPerUnit: { value: 1 },
        ratio: { value: 1 },
        looks: { value: STATES.flatMap((s) => [s.mm, s.px, s.rim ? RIM_PX : 0, 0]) },
        colours: { value: [] },
        rims: { value: [] },
      },
      transparent: true,
      depthWrite: false, // drawn in order of priority
    });
    this.points = new Points(new BufferGeometry(), this.material);
    this.points.frustumCulled = false;
    this.points.renderOrder = 1;
    this.points.visible = false;
    /** @type {Int8Array} */
    this.marks = new Int8Array(0);
    this.#clean();
  }

  /**
   * @param {Float32Array} positions
   * @param {Float32Array} normals
   */
  setDots(positions, normals) {
    if (positions.length !== normals.length || positions.length % 3 !== 0) {
      throw new RangeError(`${positions.length} coordinates of dots and ${normals.length} of normals`);
    }
    this.count = positions.length / 3;
    this.changed = [];
    this.marks = new Int8Array(4 * this.count);
    for (let dot = 0; dot < this.count; dot++) {
      for (let k = 0; k < 3; k++) this.marks[4 * dot + k] = Math.round(127 * normals[3 * dot + k]);
    }
    this.points.geometry.dispose();
    this.points.geometry = new BufferGeometry();
    this.points.geometry.setAttribute('position', new BufferAttribute(positions, 3));
    this.points.geometry.setAttribute('mark', new BufferAttribute(this.marks, 4, true));
    this.order = new BufferAttribute(new Uint32Array(this.count), 1);
    this.points.geometry.setIndex(this.order);
    this.positions = positions;
    this.points.visible = this.count > 0;
    this.#clean();
  }

  /** @param {Uint8Array} states  one for each dot */
  setStates(states) {
    if (states.length !== this.count) throw new RangeError(`${states.length} states for ${this.count} dots`);
    for (let dot = 0; dot < this.count; dot++) this.#set(dot, states[dot]);
  }

  /**
   * @param {ArrayLike<number>} indices
   * @param {ArrayLike<number>} states
   */
  updateStates(indices, states) {
    if (indices.length !== states.length) throw new RangeError(`${states.length} states for ${indices.length} indices`);
    for (let k = 0; k < indices.length; k++) this.#set(indices[k], states[k]);
  }

  /**
   * Hands the graphics side what has changed since the last frame: one span, however many messages came between.
   *
   * @param {number[]} eye
   * @param {number} most  of more dots than this, only a part of those that are as they should be
   */
  upload(eye, most) {
    if (this.count === 0) return;
    const thin = Math.max(1, Math.ceil(this.count / most));
    if (this.first <= this.last) {
      const marks = /** @type {BufferAttribute} */ (this.points.geometry.getAttribute('mark'));
      marks.addUpdateRange(4 * this.first, 4 * (this.last - this.first + 1));
      marks.needsUpdate = true;
    }
    const drawn = inOrder(this.positions, this.marks, eye, thin, /** @type {Uint32Array} */ (this.order.array));
    this.order.clearUpdateRanges();
    this.order.addUpdateRange(0, drawn);
    this.order.needsUpdate = true;
    this.points.geometry.setDrawRange(0, drawn);
    this.#clean();
  }

  /**
   * Places of the dots in sight that have changed since this was last asked, and how far about them they may be seen;
   * null: all over.
   *
   * @param {number[]} eye
   * @returns {Array<{at: number[], mm: number, px: number}> | null}
   */
  touched(eye) {
    const changed = this.changed;
    this.changed = [];
    if (changed.length > LOCAL) return null;
    const spots = [];
    for (const dot of changed) {
      const at = Array.from(this.positions.subarray(3 * dot, 3 * dot + 3));
      const towards = at.reduce((sum, p, k) => sum + (eye[k] - p) * this.marks[4 * dot + k], 0);
      if (towards > 0) spots.push({ at, mm: MOST_MM / 2, px: MOST_PX / 2 + RIM_PX + 1 });
    }
    return spots;
  }

  /** @param {import('./states.js').Mode} mode */
  setMode(mode) {
    const colours = STATES.map((s) => (mode === 'dark' ? s.colourDark : s.colourLight));
    this.material.uniforms.colours.value = colours.map(plain);
    this.colours = colours;
    this.setRatio(this.material.uniforms.ratio.value);
  }

  /** Pixels of the canvas per CSS pixel. */
  setRatio(ratio) {
    this.material.uniforms.ratio.value = ratio;
    this.material.uniforms.rims.value = this.colours.flatMap((colour, state) => {
      // Without a rim the glyph's own colour, so that its soft edge keeps its hue.
      const { r, g, b } = plain(STATES[state].rim ? rimOf(colour) : colour);
      return [r, g, b, STATES[state].rim ? RIM_PX * ratio : 0];
    });
  }

  dispose() {
    this.points.geometry.dispose();
    this.material.dispose();
  }

  #set(dot, state) {
    if (!(dot >= 0 && dot < this.count)) throw new RangeError(`dot ${dot} of ${this.count}`);
    if (!(state >= 0 && state < COUNT)) throw new RangeError(`state ${state} of dot ${dot}`);
    if (this.marks[4 * dot + 3] === state) return;
    this.marks[4 * dot + 3] = state;
    if (this.changed.length <= LOCAL) this.changed.push(dot);
    this.first = Math.min(this.first, dot);
    this.last = Math.max(this.last, dot);
  }

  #clean() {
    this.first = Infinity;
    this.last = -1;
  }
}
