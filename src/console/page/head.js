/**
 * The head in 3-D: skin, dots by state, tool, anchors of patterns. Millimetres in the scalp frame (docs/formats.md): +x
 * to the client's right, +y to the nose, +z up, origin midway between the ears.
 *
 * Nothing here draws when it is told something: it notes what has changed and asks for one frame.
 */

import { Scene, WebGLRenderer } from './vendor/three.js';
import { Anchors } from './head/anchors.js';
import { Dots } from './head/dots.js';
import { Eye } from './head/camera.js';
import { Pace } from './head/pace.js';
import { headMesh, plain } from './head/shading.js';
import { Surface } from './head/surface.js';
import { Tool } from './head/tool.js';

export { STATES, legendGlyph } from './head/states.js';

/**
 * @typedef {Object} Theme
 * @property {'light' | 'dark'} mode  which colours the dots have
 * @property {string} background
 * @property {string} head            skin in full light
 * @property {string} shade           skin in shadow
 * @property {string} tool
 * @property {string} toolShade
 * @property {string} anchor
 * @property {string} anchorHeld      selected, or in a hand
 * @property {string} rim             round anchors and their names
 * @property {string} text
 */

/** All colours are #rrggbb. @type {Readonly<Record<'light' | 'dark', Readonly<Theme>>>} */
export const THEMES = Object.freeze({
  light: Object.freeze({
    mode: 'light', background: '#e6e8ea', head: '#d3d6d9', shade: '#777d84', tool: '#5c656f', toolShade: '#23282e',
    anchor: '#20262d', anchorHeld: '#005a8c', rim: '#ffffff', text: '#15181c',
  }),
  dark: Object.freeze({
    mode: 'dark', background: '#1c2024', head: '#6b727a', shade: '#24282d', tool: '#aeb6bf', toolShade: '#4a525b',
    anchor: '#e8ecf0', anchorHeld: '#8fd0ff', rim: '#15181c', text: '#ffffff',
  }),
});

/**
 * @param {HTMLCanvasElement} canvas  sized by the page's style sheet
 * @param {{vertices: Float32Array, triangles: Uint32Array}} head
 * @param {{theme?: Partial<Theme>, maxFps?: number, onDrag?: (moved: {id: string, at: number[], normal: number[],
 *   done: boolean}) => void, onTurn?: (turned: {id: string, rotationDeg: number, done: boolean}) => void,
 *   onContext?: (there: boolean) => void}} [options]
 */
export function createHead(canvas, head, options = {}) {
  const surface = new Surface(head.vertices, head.triangles);
  const renderer = rendererOn(canvas);
  const scene = new Scene();
  const skin = headMesh(surface);
  const dots = new Dots();
  const tool = new Tool();
  const pace = new Pace(draw, options.maxFps ?? 60);
  const invalidate = () => pace.invalidate();
  const eye = new Eye(canvas, surface.bounds, invalidate);
  let theme = { ...THEMES.light };
  const { onDrag, onTurn } = options;
  const anchors = new Anchors(canvas, { surface, camera: eye.camera, theme, invalidate, onDrag, onTurn });
  scene.add(skin, dots.points, tool.mesh, anchors.group);

  function draw() {
    anchors.step();
    eye.focus();
    const pxPerUnit = (canvas.clientHeight / 2) * eye.camera.projectionMatrix.elements[5];
    dots.material.uniforms.pxPerUnit.value = pxPerUnit * renderer.getPixelRatio();
    dots.material.uniforms.ratio.value = renderer.getPixelRatio();
    anchors.place(pxPerUnit);
    dots.upload();
    renderer.render(scene, eye.camera);
  }

  function resize() {
    const { clientWidth, clientHeight } = canvas;
    if (clientWidth === 0 || clientHeight === 0) return; // not on show
    renderer.setPixelRatio(Math.min(window.devicePixelRatio, 2));
    renderer.setSize(clientWidth, clientHeight, false);
    eye.resize(clientWidth, clientHeight);
    invalidate();
  }

  const leaving = new AbortController();
  const on = (name, then) => canvas.addEventListener(name, then, { signal: leaving.signal });
  if (!canvas.hasAttribute('tabindex')) canvas.tabIndex = 0;
  on('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !eye.key(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    invalidate();
  });
  on('webglcontextlost', () => options.onContext?.(false));
  on('webglcontextrestored', () => {
    options.onContext?.(true);
    invalidate();
  });
  const observer = new ResizeObserver(resize);
  observer.observe(canvas);

  const api = {
    /** Replaces all dots; their states are 0 until they are told. The arrays must not be changed afterwards. */
    setDots(positions, normals) {
      dots.setDots(positions, normals);
      invalidate();
    },
    setStates(states) {
      dots.setStates(states);
      invalidate();
    },
    updateStates(indices, states) {
      dots.updateStates(indices, states);
      invalidate();
    },
    setTool(pose) {
      tool.set(pose);
      invalidate();
    },
    setAnchors(list) {
      anchors.set(list);
      invalidate();
    },
    nudge(id, dxMm, dyMm) {
      invalidate();
      return anchors.nudge(id, dxMm, dyMm);
    },
    turn(id, deg) {
      invalidate();
      return anchors.turn(id, deg);
    },
    view(name) {
      eye.view(name);
      invalidate();
    },
    /** @param {Partial<Theme>} wanted  what is not named is the theme's of that mode */
    setTheme(wanted) {
      theme = { ...THEMES[wanted.mode ?? theme.mode], ...wanted };
      renderer.setClearColor(plain(theme.background), 1);
      skin.material.uniforms.colour.value = plain(theme.head);
      skin.material.uniforms.shade.value = plain(theme.shade);
      tool.mesh.material.uniforms.colour.value = plain(theme.tool);
      tool.mesh.material.uniforms.shade.value = plain(theme.toolShade);
      dots.setMode(theme.mode);
      anchors.setTheme(theme);
      invalidate();
    },
    frames: () => pace.frames(),
    /** Where a place of the scalp frame lies on the canvas, CSS pixels from its upper left corner. */
    project(at) {
      return eye.project(at, canvas);
    },
    dispose() {
      leaving.abort();
      observer.disconnect();
      pace.dispose();
      anchors.dispose();
      eye.dispose();
      dots.dispose();
      tool.dispose();
      skin.geometry.dispose();
      skin.material.dispose();
      renderer.dispose();
    },
  };
  api.setTheme(options.theme ?? {});
  resize();
  return api;
}

/** @param {HTMLCanvasElement} canvas */
function rendererOn(canvas) {
  const attributes = { alpha: false, antialias: !globalThis.location.search.includes("noaa"), depth: true, stencil: false, powerPreference: 'default' };
  const context = canvas.getContext('webgl2', attributes);
  if (!context) throw Object.assign(new Error('this browser draws no WebGL 2'), { code: 'no-webgl' });
  const renderer = new WebGLRenderer({ canvas, context, ...attributes });
  renderer.outputColorSpace = 'srgb-linear'; // colours go through as they are written
  renderer.info.autoReset = true;
  return renderer;
}
