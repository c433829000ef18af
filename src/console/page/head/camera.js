/** The eye: five views, turning by pointer (OrbitControls) and by keys. The nose is +y, up is +z. */

import { OrbitControls, PerspectiveCamera, Vector3 } from '../vendor/three.js';

/** Degrees: long enough a lens that the head looks as a portrait does. */
const FIELD = 24;
const STEP = (5 * Math.PI) / 180;
const ZOOM = 0.88;
/** Where the eye is, from the head's middle. From above it is a hair behind, so that the nose points up the screen. */
export const VIEWS = Object.freeze({
  top: [0, -1e-4, 1],
  front: [0, 1, 0.18],
  left: [-1, 0, 0.18],
  right: [1, 0, 0.18],
  back: [0, -1, 0.18],
});
const BY_KEY = ['top', 'front', 'left', 'right', 'back'];

export class Eye {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {{middle: number[], radius: number}} bounds
   * @param {() => void} changed
   */
  constructor(canvas, bounds, changed) {
    this.bounds = bounds;
    this.middle = new Vector3(...bounds.middle);
    this.camera = new PerspectiveCamera(FIELD, 1, 1, 10);
    this.camera.up.set(0, 0, 1);
    this.controls = new OrbitControls(this.camera, canvas);
    this.controls.enableDamping = false; // nothing moves by itself: what rests costs nothing
    this.controls.minDistance = bounds.radius * 0.9;
    this.controls.maxDistance = bounds.radius * 9;
    this.controls.maxPolarAngle = 2.1; // not from below, where a scan ends
    this.controls.addEventListener('change', () => {
      this.#keepNear();
      changed();
    });
  }

  /** @param {keyof typeof VIEWS} name */
  view(name) {
    const from = VIEWS[name];
    if (!from) throw new RangeError(`there is no view ${name}`);
    this.controls.target.copy(this.middle);
    this.camera.position.set(from[0], from[1], from[2]).setLength(this.#fitting(name)).add(this.middle);
    this.controls.update();
  }

  resize(width, height) {
    this.camera.aspect = width / height;
    this.camera.updateProjectionMatrix();
  }

  /** Sets near and far so that depth has its precision where the head is. */
  focus() {
    const distance = this.camera.position.distanceTo(this.middle);
    const reach = this.bounds.radius * 1.5;
    this.camera.near = Math.max(distance - reach, 5);
    this.camera.far = distance + reach;
    this.camera.updateProjectionMatrix();
    this.camera.updateMatrixWorld(); // handles are placed by it before the renderer would do so
  }

  /** @returns {boolean} whether the key means something here */
  key(key) {
    const act = {
      ArrowLeft: () => this.controls.rotateLeft(STEP),
      ArrowRight: () => this.controls.rotateLeft(-STEP),
      ArrowUp: () => this.controls.rotateUp(STEP),
      ArrowDown: () => this.controls.rotateUp(-STEP),
      '+': () => this.#zoom(ZOOM),
      '=': () => this.#zoom(ZOOM),
      '-': () => this.#zoom(1 / ZOOM),
    }[key];
    if (act) act();
    else if (/^[1-5]$/.test(key)) this.view(/** @type {any} */ (BY_KEY[Number(key) - 1]));
    else return false;
    return true;
  }

  /** CSS pixels of 1 mm at a distance of 1 mm. */
  pxPerUnit({ clientHeight }) {
    return (clientHeight / 2) * this.camera.projectionMatrix.elements[5];
  }

  /** CSS pixels of 1 mm across the line of sight at a place. */
  pxPerMm(at, canvas) {
    return this.pxPerUnit(canvas) / this.camera.position.distanceTo(new Vector3(...at));
  }

  /** @returns {[number, number]} CSS pixels from the upper left corner */
  project(at, { clientWidth, clientHeight }) {
    this.camera.updateMatrixWorld();
    const p = new Vector3(...at).project(this.camera);
    return [((p.x + 1) / 2) * clientWidth, ((1 - p.y) / 2) * clientHeight];
  }

  dispose() {
    this.controls.dispose();
  }

  /** The distance from which the whole head is in sight, with a little air; from above it is not as high. */
  #fitting(view) {
    const half = Math.tan((FIELD * Math.PI) / 360) * Math.min(1, this.camera.aspect);
    return (this.bounds.radius * (view === 'top' ? 0.95 : 1.08)) / half;
  }

  #zoom(by) {
    const { position } = this.camera;
    position.sub(this.controls.target);
    const length = position.length() * by;
    position.setLength(Math.min(Math.max(length, this.controls.minDistance), this.controls.maxDistance));
    position.add(this.controls.target);
    this.controls.update();
  }

  /** Whoever shifts the head must not lose it. */
  #keepNear() {
    const away = this.controls.target.clone().sub(this.middle);
    if (away.length() <= this.bounds.radius) return;
    const kept = away.clone().setLength(this.bounds.radius).add(this.middle);
    this.camera.position.add(kept.clone().sub(this.controls.target));
    this.controls.target.copy(kept);
  }
}
