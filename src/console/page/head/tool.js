/** The applicator: needle, taper and barrel, let through so that it does not hide the dots under it. */

import { BufferAttribute, BufferGeometry, Mesh, Quaternion, Vector3 } from '../vendor/three.js';
import { solidMaterial } from './shading.js';

const LENGTH = 70;
const RADIUS = 5;
/** Radius and distance from the tip, mm. */
const PROFILE = [[0.05, 0], [0.35, 2], [0.35, 9], [2.2, 15], [RADIUS, 26], [RADIUS, LENGTH], [0, LENGTH]];
const SIDES = 24;
const BACKWARDS = new Vector3(0, 0, 1);

export class Tool {
  constructor() {
    this.mesh = new Mesh(turned(), solidMaterial(0.62));
    this.mesh.frustumCulled = false;
    this.mesh.renderOrder = 2;
    this.mesh.material.depthWrite = false;
    this.mesh.visible = false;
  }

  /**
   * @param {{at: number[], axis: number[]} | null} pose  the tip, and the way the needle strikes (into the skin)
   * @returns {Array<{at: number[], mm: number, px: number}>}  where the picture changes
   */
  set(pose) {
    const before = this.#spots();
    this.mesh.visible = pose !== null;
    if (!pose) return before;
    this.mesh.position.set(pose.at[0], pose.at[1], pose.at[2]);
    const back = new Vector3(...pose.axis).negate().normalize();
    this.mesh.quaternion.copy(new Quaternion().setFromUnitVectors(BACKWARDS, back));
    return [...before, ...this.#spots()];
  }

  dispose() {
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
  }

  /** Both ends, and how thick it is there. */
  #spots() {
    if (!this.mesh.visible) return [];
    const back = BACKWARDS.clone().applyQuaternion(this.mesh.quaternion);
    return [0, LENGTH].map((far) => ({
      at: this.mesh.position.clone().addScaledVector(back, far).toArray(),
      mm: RADIUS,
      px: 2,
    }));
  }
}

/** The profile turned about +z: each piece has corners of its own, so that its edges stay crisp. */
function turned() {
  const [positions, normals, index] = [[], [], []];
  for (let k = 0; k + 1 < PROFILE.length; k++) {
    const [[r0, z0], [r1, z1]] = [PROFILE[k], PROFILE[k + 1]];
    const slope = Math.hypot(r1 - r0, z1 - z0);
    const first = positions.length / 3;
    for (let side = 0; side <= SIDES; side++) {
      const [x, y] = [Math.cos, Math.sin].map((f) => f((2 * Math.PI * side) / SIDES));
      positions.push(r0 * x, r0 * y, z0, r1 * x, r1 * y, z1);
      const [out, up] = [(z1 - z0) / slope, (r0 - r1) / slope];
      normals.push(out * x, out * y, up, out * x, out * y, up);
      const a = first + 2 * side;
      if (side < SIDES) index.push(a, a + 2, a + 1, a + 1, a + 2, a + 3);
    }
  }
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new BufferAttribute(new Float32Array(positions), 3));
  geometry.setAttribute('normal', new BufferAttribute(new Float32Array(normals), 3));
  geometry.setIndex(new BufferAttribute(new Uint16Array(index), 1));
  return geometry;
}
