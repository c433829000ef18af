/** What an anchor looks like: a ring on the skin, a knob towards the pattern's +y, a name under it. */

import {
  BufferAttribute, BufferGeometry, CanvasTexture, DoubleSide, Matrix4, Mesh, ShaderMaterial, Sprite, SpriteMaterial,
  Vector3,
} from '../vendor/three.js';
import { plain } from './shading.js';
import { axesAt, cross } from './surface.js';

/** Radius of the ring, CSS pixels: the handle keeps its size on the screen, so that a finger finds it at any zoom. */
export const RING_PX = 15;
/** Distance of the knob from the ring's middle, radii. */
export const KNOB = 2.55;
const [LOW, HIGH] = [-1.4, 3.2];
const LABEL_PX = 13;

const VERTEX = `
varying vec2 p;
void main() {
  p = position.xy;
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
}`;

const FRAGMENT = `
uniform vec3 colour;
uniform vec3 rim;
uniform float held;
varying vec2 p;
void main() {
  float r = length(p);
  float stem = max(abs(p.x) - 0.07, abs(p.y - 1.6) - 0.6);
  float knob = length(p - vec2(0.0, ${KNOB.toFixed(2)})) - 0.4;
  float d = min(min(abs(r - 1.0) - 0.1, r - 0.17), min(stem, knob));
  float soft = fwidth(p.y) + 1e-4;
  float line = clamp(0.5 - d / soft, 0.0, 1.0);
  float around = clamp(0.5 - (d - 0.1) / soft, 0.0, 1.0);
  float inside = clamp(0.5 - (r - 1.0) / soft, 0.0, 1.0) * mix(0.12, 0.32, held);
  gl_FragColor = vec4(mix(mix(colour, rim, around), colour, line), max(around, inside));
}`;

function quad() {
  const geometry = new BufferGeometry();
  const corners = [LOW, LOW, 0, -LOW, LOW, 0, -LOW, HIGH, 0, LOW, HIGH, 0];
  geometry.setAttribute('position', new BufferAttribute(new Float32Array(corners), 3));
  geometry.setIndex(new BufferAttribute(new Uint16Array([0, 1, 2, 0, 2, 3]), 1));
  return geometry;
}

export class Handle {
  /** @param {{anchor: string, anchorHeld: string, rim: string, text: string}} theme */
  constructor(theme) {
    const material = new ShaderMaterial({
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      uniforms: { colour: { value: null }, rim: { value: null }, held: { value: 0 } },
      transparent: true,
      depthTest: false,
      depthWrite: false,
      side: DoubleSide,
    });
    this.mesh = new Mesh(quad(), material);
    this.mesh.matrixAutoUpdate = false;
    this.label = new Sprite(new SpriteMaterial({ transparent: true, depthTest: false, sizeAttenuation: false }));
    for (const part of [this.mesh, this.label]) {
      part.frustumCulled = false;
      part.renderOrder = 3;
    }
    this.words = '';
    this.held = false;
    this.setTheme(theme);
  }

  setTheme(theme) {
    this.theme = theme;
    this.mesh.material.uniforms.rim.value = plain(theme.rim);
    this.#paint();
    this.#write(this.words);
  }

  /** @param {{label?: string}} anchor */
  show(anchor, held) {
    if ((anchor.label ?? '') !== this.words) this.#write(anchor.label ?? '');
    if (held !== this.held) {
      this.held = held;
      this.#paint();
    }
  }

  /**
   * Before each frame: keeps the size on the screen.
   *
   * @param {import('./anchors.js').Anchor} anchor
   * @param {import('../vendor/three.js').PerspectiveCamera} camera
   * @param {number} pxPerUnit  CSS pixels of 1 mm at a distance of 1 mm
   */
  place(anchor, camera, pxPerUnit) {
    const { right, up } = turnedAxes(anchor);
    const lifted = new Vector3(...anchor.at).addScaledVector(new Vector3(...anchor.normal), 0.3);
    const toEye = camera.position.clone().sub(lifted);
    const distance = toEye.length();
    const seen = toEye.dot(new Vector3(...anchor.normal)) > 0.1 * distance;
    this.mesh.visible = seen;
    this.label.visible = seen && this.words !== '';
    const unit = (RING_PX * distance) / pxPerUnit;
    this.mesh.matrix
      .makeBasis(new Vector3(...right), new Vector3(...up), new Vector3(...anchor.normal))
      .scale(new Vector3(unit, unit, unit))
      .setPosition(lifted);
    this.mesh.matrixWorldNeedsUpdate = true;
    this.label.position.copy(lifted);
    this.label.scale.set(this.width / pxPerUnit, this.height / pxPerUnit, 1);
    // Across the ring from the knob on the screen, so that neither covers the other.
    const knobUp = new Vector3(...up).applyMatrix4(new Matrix4().extractRotation(camera.matrixWorldInverse)).y > 0;
    this.label.center.set(0.5, 0.5 + ((knobUp ? 1 : -1) * (RING_PX + 14)) / this.height);
  }

  dispose() {
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
    this.label.material.map?.dispose();
    this.label.material.dispose();
  }

  #paint() {
    this.mesh.material.uniforms.colour.value = plain(this.held ? this.theme.anchorHeld : this.theme.anchor);
    this.mesh.material.uniforms.held.value = this.held ? 1 : 0;
  }

  #write(words) {
    this.words = words;
    const canvas = document.createElement('canvas');
    const sharp = 2; // twice the pixels: crisp on fine screens too
    const font = `600 ${LABEL_PX * sharp}px system-ui, sans-serif`;
    const measure = canvas.getContext('2d');
    measure.font = font;
    canvas.width = Math.ceil(measure.measureText(words).width) + 12 * sharp;
    canvas.height = (LABEL_PX + 10) * sharp;
    const ink = canvas.getContext('2d');
    Object.assign(ink, { font, textAlign: 'center', textBaseline: 'middle', lineJoin: 'round', lineWidth: 4 * sharp });
    ink.strokeStyle = this.theme.rim;
    ink.fillStyle = this.theme.text;
    ink.strokeText(words, canvas.width / 2, canvas.height / 2);
    ink.fillText(words, canvas.width / 2, canvas.height / 2);
    this.width = canvas.width / sharp;
    this.height = canvas.height / sharp;
    this.label.material.map?.dispose();
    this.label.material.map = new CanvasTexture(canvas);
    this.label.material.needsUpdate = true;
  }
}

/**
 * The pattern's axes at an anchor: turned by its rotation, counter-clockwise as seen from outside.
 *
 * @param {import('./anchors.js').Anchor} anchor
 */
export function turnedAxes(anchor) {
  const { right, forward } = axesAt(anchor);
  const [c, s] = [Math.cos, Math.sin].map((f) => f((anchor.rotationDeg * Math.PI) / 180));
  const up = /** @type {import('./surface.js').Vec} */ (forward.map((f, k) => c * f - s * right[k]));
  return { up, right: cross(up, anchor.normal) };
}
