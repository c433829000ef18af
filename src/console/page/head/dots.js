/** All dots in one draw call: points, whose glyphs the fragment shader cuts out. */

import { BufferAttribute, BufferGeometry, Points, ShaderMaterial } from '../vendor/three.js';
import { GLYPHS, STATES, rimOf } from './states.js';
import { plain } from './shading.js';

const COUNT = STATES.length;
/** Width of the rim, CSS pixels. */
const RIM_PX = 1.5;

// A point's sprite faces the eye while its skin may be tilted, so it is brought nearer along the line of sight (which
// moves nothing on the screen) until no half of it drowns in the skin beside it, and by its priority; 6 mm at most, so
// that it shines through no ear. Dots that look away from the eye are dropped here and cost no pixels.
const VERTEX = `
attribute vec4 mark; // normal * 127, state
uniform float pxPerUnit;
uniform float ratio;
uniform vec4 looks[${COUNT}]; // mm, least px, priority, rim px
uniform vec3 colours[${COUNT}];
uniform vec3 rims[${COUNT}];
flat varying int state;
flat varying vec3 colour;
flat varying vec3 rim;
flat varying vec3 size; // radius px, rim px, sprite's half px
void main() {
  vec4 eye = modelViewMatrix * vec4(position, 1.0);
  vec3 toEye = normalize(-eye.xyz);
  float facing = dot(normalize(mat3(modelViewMatrix) * mark.xyz), toEye);
  state = int(mark.w);
  if (facing < 0.08) {
    gl_Position = vec4(0.0, 0.0, 2.0, 1.0);
    gl_PointSize = 1.0;
    return;
  }
  vec4 look = looks[state];
  float radius = 0.5 * max(look.x * pxPerUnit / -eye.z, look.y * ratio);
  float tilt = min(sqrt(1.0 - min(facing * facing, 1.0)) / facing, 3.0);
  float nearer = 0.25 + tilt * radius * -eye.z / pxPerUnit + 0.08 * look.z;
  eye.xyz += toEye * min(nearer, 6.0);
  gl_Position = projectionMatrix * eye;
  size = vec3(radius, look.w * ratio, ceil(radius + look.w * ratio + 0.5));
  gl_PointSize = 2.0 * size.z;
  colour = colours[state];
  rim = rims[state];
}`;

const cases = STATES.map((s, k) => `  if (state == ${k}) return ${GLYPHS[s.glyph].distance};`).reverse().join('\n');

const FRAGMENT = `
flat varying int state;
flat varying vec3 colour;
flat varying vec3 rim;
flat varying vec3 size;
float crossed(vec2 q) { return max(min(q.x, q.y) - 0.2, max(q.x, q.y) - 0.96); }
float distanceTo(vec2 p, float r) {
${cases}
  return r;
}
void main() {
  vec2 p = (gl_PointCoord * 2.0 - 1.0) * vec2(1.0, -1.0) * (size.z / size.x);
  float d = distanceTo(p, length(p)) * size.x;
  float cover = clamp(0.5 + size.y - d, 0.0, 1.0);
  if (cover < 0.3) discard; // writes no depth, so that a neighbour shows
  gl_FragColor = vec4(mix(rim, colour, clamp(0.5 - d, 0.0, 1.0)), cover);
}`;

export class Dots {
  constructor() {
    this.count = 0;
    this.material = new ShaderMaterial({
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      uniforms: {
        pxPerUnit: { value: 1 },
        ratio: { value: 1 },
        looks: { value: STATES.flatMap((s) => [s.mm, s.px, s.priority, s.rim ? RIM_PX : 0]) },
        colours: { value: [] },
        rims: { value: [] },
      },
      transparent: true,
      depthWrite: true,
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
    this.marks = new Int8Array(4 * this.count);
    for (let dot = 0; dot < this.count; dot++) {
      for (let k = 0; k < 3; k++) this.marks[4 * dot + k] = Math.round(127 * normals[3 * dot + k]);
    }
    this.points.geometry.dispose();
    this.points.geometry = new BufferGeometry();
    this.points.geometry.setAttribute('position', new BufferAttribute(positions, 3));
    this.points.geometry.setAttribute('mark', new BufferAttribute(this.marks, 4));
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

  /** Hands the graphics card what has changed since the last frame: one span, however many messages came between. */
  upload() {
    if (this.first > this.last) return;
    const attribute = /** @type {BufferAttribute} */ (this.points.geometry.getAttribute('mark'));
    attribute.addUpdateRange(4 * this.first, 4 * (this.last - this.first + 1));
    attribute.needsUpdate = true;
    this.#clean();
  }

  /** @param {import('./states.js').Mode} mode */
  setMode(mode) {
    const colours = STATES.map((s) => (mode === 'dark' ? s.colourDark : s.colourLight));
    this.material.uniforms.colours.value = colours.map(plain);
    this.material.uniforms.rims.value = colours.map((colour) => plain(rimOf(colour)));
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
    this.first = Math.min(this.first, dot);
    this.last = Math.max(this.last, dot);
  }

  #clean() {
    this.first = Infinity;
    this.last = -1;
  }
}
