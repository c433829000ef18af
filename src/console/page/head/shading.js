/** Light and materials of what is solid: the head and the tool. */

import { BufferAttribute, BufferGeometry, Color, Mesh, ShaderMaterial } from '../vendor/three.js';

// Light is worked out at the corners, not the pixels: triangles of a scan are a few pixels wide, and a controller may
// draw without a graphics card. The lamp goes with the eye, so that every side looks alike; a little light from above
// says which way is up, and the rim is darker, which shows the shape where the head is one grey.
const VERTEX = `
const vec3 LAMP = normalize(vec3(-0.35, 0.55, 0.75));
varying float light;
void main() {
  vec4 eye = modelViewMatrix * vec4(position, 1.0);
  vec3 n = mat3(modelViewMatrix) * normal;
  float key = max(dot(n, LAMP) * 0.6 + 0.4, 0.0);
  float facing = min(max(dot(n, normalize(-eye.xyz)), 0.0) * 1.33, 1.0);
  float rim = facing * facing * (3.0 - 2.0 * facing);
  light = min(0.62 * key * key + 0.08 * normal.z + 0.08 + 0.34 * rim, 1.15);
  gl_Position = projectionMatrix * eye;
}`;

const FRAGMENT = `
uniform vec3 colour;
uniform vec3 shade;
uniform float opacity;
varying float light;
void main() { gl_FragColor = vec4(mix(shade, colour, light), opacity); }`;

/** A colour as its numbers stand, for shaders that write them as they are. */
export function plain(colour) {
  return new Color().setStyle(colour, 'srgb-linear');
}

export function solidMaterial(opacity = 1) {
  return new ShaderMaterial({
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    uniforms: { colour: { value: plain('#cccccc') }, shade: { value: plain('#444444') }, opacity: { value: opacity } },
    transparent: opacity < 1,
  });
}

/** @param {{vertices: Float32Array, normals: Float32Array, triangles: Uint32Array}} shape */
export function solidMesh({ vertices, normals, triangles }, material) {
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new BufferAttribute(vertices, 3));
  geometry.setAttribute('normal', new BufferAttribute(normals, 3));
  geometry.setIndex(new BufferAttribute(triangles, 1));
  const mesh = new Mesh(geometry, material);
  mesh.frustumCulled = false; // always in sight: no sphere to keep
  return mesh;
}
