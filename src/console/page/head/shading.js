/** Light and materials of what is solid: the head and the tool. */

import { BufferAttribute, BufferGeometry, Color, Mesh, ShaderMaterial } from '../vendor/three.js';

// Light is worked out at the corners, not the pixels: triangles of a scan are a few pixels wide, and a controller may
// draw without a graphics card. The lamp goes with the eye, so that every side looks alike; a little light from above
// says which way is up, and the rim is darker, which shows the shape where the head is one grey.
const VERTEX = `
uniform vec3 colour;
uniform vec3 shade;
varying vec3 lit;
void main() {
  vec4 eye = modelViewMatrix * vec4(position, 1.0);
  vec3 n = normalize(normalMatrix * normal);
  vec3 toEye = normalize(-eye.xyz);
  float key = max(dot(n, normalize(vec3(-0.35, 0.55, 0.75))) * 0.6 + 0.4, 0.0);
  float above = normal.z * 0.5 + 0.5;
  float facing = max(dot(n, toEye), 0.0);
  float light = 0.62 * key * key + 0.16 * above + 0.34 * smoothstep(0.0, 0.75, facing);
  vec3 h = normalize(normalize(vec3(-0.35, 0.55, 0.75)) + toEye);
  float gloss = 0.05 * pow(max(dot(n, h), 0.0), 24.0);
  lit = mix(shade, colour, min(light, 1.15)) + gloss;
  gl_Position = projectionMatrix * eye;
}`;

const FRAGMENT = `
uniform float opacity;
varying vec3 lit;
void main() { gl_FragColor = vec4(lit, opacity); }`;

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

/** @param {import('./surface.js').Surface} surface */
export function headMesh(surface) {
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new BufferAttribute(surface.vertices, 3));
  geometry.setAttribute('normal', new BufferAttribute(surface.normals, 3));
  geometry.setIndex(new BufferAttribute(surface.triangles, 1));
  const mesh = new Mesh(geometry, solidMaterial());
  mesh.frustumCulled = false; // always in sight: no sphere to keep
  return mesh;
}
