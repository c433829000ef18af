/**
 * The head in 3-D: skin, dots by state, tool, anchors of patterns. Millimetres in the scalp frame (docs/formats.md): +x
 * to the client's right, +y to the nose, +z up, origin midway between the ears.
 *
 * Nothing here draws when it is told something: it notes what has changed and asks for one frame.
 */

import { Anchors } from './head/anchors.js';
import { coarser } from './head/coarse.js';
import { Dots } from './head/dots.js';
import { Eye } from './head/camera.js';
import { Pace } from './head/pace.js';
import { Picture, rendererOn } from './head/picture.js';
import { plain, solidMaterial, solidMesh } from './head/shading.js';
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

/** Without a graphics card a head of more triangles than this is drawn from one of fewer, and felt all the same. */
const MANY = 20_000;
/** Sides of the cells whose corners that one joins, mm. */
const COARSE_MM = 4.5;

/** All colours are #rrggbb. @type {Readonly<Record<'light' | 'dark', Readonly<Theme>>>} */
export const THEMES = Object.freeze({
  light: Object.freeze({
    mode: 'light', background: '#e6e8ea', head: '#d3d6d9', shade: '#777d84', tool: '#5c656f', toolShade: '#23282e',
    anchor: '#20262d', anchorHeld: '#005a8c', rim: '#ffffff', text: '#15181c',
  }),
  dark: Object.freeze({
    mode: 'dark', background: '#1c2024', head: '#6b727a', shade: '#24282d', tool: '#eef2f6', toolShade: '#8a949f',
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
  const drawing = rendererOn(canvas);
  const skin = solidMaterial();
  const dots = new Dots();
  const tool = new Tool();
  let theme = { ...THEMES.light };

  const pace = new Pace(draw, options.maxFps ?? 60);
  const eye = new Eye(canvas, surface.bounds, () => picture.moving());
  const { onDrag, onTurn } = options;
  const moving = () => picture.moving();
  const anchors = new Anchors(canvas, { surface, camera: eye.camera, theme, invalidate: moving, onDrag, onTurn });
  const picture = new Picture(canvas, drawing, {
    eye,
    dots,
    head: solidMesh(drawing.modest && head.triangles.length > 3 * MANY ? coarser(surface, COARSE_MM) : surface, skin),
    parts: [tool.mesh, anchors.group],
    invalidate: () => pace.invalidate(),
  });
  eye.view('front');

  function draw(waitedMs) {
    if (canvas.clientWidth * canvas.clientHeight === 0) return false; // not on show
    anchors.step();
    eye.focus();
    anchors.place(eye.pxPerUnit(canvas));
    return picture.draw(waitedMs);
  }

  function resize() {
    if (canvas.clientWidth * canvas.clientHeight === 0) return;
    eye.resize(canvas.clientWidth, canvas.clientHeight);
    picture.changed();
  }

  const leaving = new AbortController();
  const on = (name, then) => canvas.addEventListener(name, then, { signal: leaving.signal });
  if (!canvas.hasAttribute('tabindex')) canvas.tabIndex = 0;
  on('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !eye.key(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  });
  on('webglcontextlost', () => options.onContext?.(false));
  on('webglcontextrestored', () => {
    options.onContext?.(true);
    picture.restored();
  });
  const observer = new ResizeObserver(resize);
  observer.observe(canvas);

  const api = {
    /** Replaces all dots; their states are 0 until they are told. The arrays must not be changed afterwards. */
    setDots(positions, normals) {
      dots.setDots(positions, normals);
      picture.changed();
    },
    setStates(states) {
      dots.setStates(states);
      picture.touched([]);
    },
    updateStates(indices, states) {
      dots.updateStates(indices, states);
      picture.touched([]);
    },
    setTool(pose) {
      picture.touched(tool.set(pose));
    },
    setAnchors(list) {
      anchors.set(list);
      picture.changed();
    },
    nudge(id, dxMm, dyMm) {
      picture.changed();
      return anchors.nudge(id, dxMm, dyMm);
    },
    turn(id, deg) {
      picture.changed();
      return anchors.turn(id, deg);
    },
    view(name) {
      eye.view(name);
      picture.changed();
    },
    /** @param {Partial<Theme>} wanted  what is not named is the theme's of that mode */
    setTheme(wanted) {
      theme = { ...THEMES[wanted.mode ?? theme.mode], ...wanted };
      picture.setBackground(theme.background);
      skin.uniforms.colour.value = plain(theme.head);
      skin.uniforms.shade.value = plain(theme.shade);
      tool.mesh.material.uniforms.colour.value = plain(theme.tool);
      tool.mesh.material.uniforms.shade.value = plain(theme.toolShade);
      dots.setMode(theme.mode);
      anchors.setTheme(theme);
      picture.changed();
    },
    /** Frames so far, those of them that drew a part only, what one costs in script, and how coarse a movement is. */
    frames: () => ({ ...pace.frames(), partial: picture.partial, level: picture.quality.level }),
    /** Where a place of the scalp frame lies on the canvas, CSS pixels from its upper left corner. */
    project(at) {
      return eye.project(at, canvas);
    },
    /** Gives all back; another head may be made on the same canvas. */
    dispose() {
      leaving.abort();
      observer.disconnect();
      pace.dispose();
      anchors.dispose();
      eye.dispose();
      dots.dispose();
      tool.dispose();
      skin.dispose();
      picture.dispose();
    },
  };
  api.setTheme(options.theme ?? {});
  resize();
  return api;
}
