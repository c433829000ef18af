/**
 * The states of a dot: number, name, colour, glyph. One table, so that the head, its legend and lists agree.
 *
 * No two states share a glyph, so colour is never the only sign. Colours are Okabe and Ito's, made lighter or darker
 * where the ground needs it; what is as it should be is quiet (grey, blue), what is not is larger and has a rim.
 *
 * @typedef {'light'|'dark'} Mode
 * @typedef {Object} State
 * @property {string} key          name for catalogues of words
 * @property {string} colourLight  on light ground
 * @property {string} colourDark   on dark ground
 * @property {string} glyph        a key of GLYPHS
 * @property {number} mm           diameter on the skin
 * @property {number} px           least diameter on the screen, CSS pixels
 * @property {number} priority     greater is drawn over lesser where dots crowd
 * @property {boolean} rim         has a contrasting rim
 */

/** @type {ReadonlyArray<Readonly<State>>} */
export const STATES = Object.freeze([
  { key: 'planned', colourLight: '#59616b', colourDark: '#bcc4cd', glyph: 'ring', mm: 0.7, px: 3.2, priority: 0, rim: false },
  { key: 'done', colourLight: '#0072b2', colourDark: '#56b4e9', glyph: 'disc', mm: 0.8, px: 4.2, priority: 1, rim: false },
  { key: 'shallow', colourLight: '#e69f00', colourDark: '#e69f00', glyph: 'triangleUp', mm: 1.3, px: 11, priority: 6, rim: true },
  { key: 'deep', colourLight: '#c84f00', colourDark: '#e4570a', glyph: 'triangleDown', mm: 1.3, px: 12, priority: 7, rim: true },
  { key: 'deferred', colourLight: '#b8548f', colourDark: '#d673b0', glyph: 'square', mm: 1.1, px: 8, priority: 3, rim: true },
  { key: 'skipped', colourLight: '#1b1f24', colourDark: '#f4f6f8', glyph: 'cross', mm: 1.2, px: 9, priority: 4, rim: true },
  { key: 'uncertain', colourLight: '#f0e442', colourDark: '#f0e442', glyph: 'diamond', mm: 1.3, px: 11, priority: 5, rim: true },
  { key: 'striking', colourLight: '#007a59', colourDark: '#1fd6a2', glyph: 'target', mm: 2.4, px: 18, priority: 8, rim: true },
  { key: 'unmeasured', colourLight: '#3f9bd6', colourDark: '#a9d8f6', glyph: 'slotted', mm: 0.9, px: 6.5, priority: 2, rim: false },
].map(Object.freeze));

/**
 * Glyphs in a square from -1 to 1, y up: the signed distance to the rim (GLSL, `p` and `r = length(p)`), and the same
 * shape as an SVG path (y down, filled even-odd).
 *
 * @type {Readonly<Record<string, {distance: string, path: string}>>}
 */
export const GLYPHS = Object.freeze({
  ring: { distance: 'abs(r - 0.68) - 0.22', path: circle(0.9) + circle(0.46) },
  disc: { distance: 'r - 0.9', path: circle(0.9) },
  triangleUp: {
    distance: 'max(abs(p.x) * 0.866 + (p.y + 0.12) * 0.5, -(p.y + 0.12)) - 0.52',
    path: 'M0-.92L.9.64H-.9Z',
  },
  triangleDown: {
    distance: 'max(abs(p.x) * 0.866 - (p.y - 0.12) * 0.5, p.y - 0.12) - 0.52',
    path: 'M0 .92L.9-.64H-.9Z',
  },
  square: { distance: 'max(abs(p.x), abs(p.y)) - 0.76', path: 'M-.76-.76H.76V.76H-.76Z' },
  cross: {
    distance: 'crossed(abs(vec2(p.x + p.y, p.x - p.y) * 0.7071))',
    path: 'M.28 0L.82.54.54.82 0 .28-.54.82-.82.54-.28 0-.82-.54-.54-.82 0-.28.54-.82.82-.54Z',
  },
  diamond: {
    distance: 'max((abs(p.x) + abs(p.y) - 0.98) * 0.7071, 0.3 - r)',
    path: 'M0-.98L.98 0 0 .98-.98 0Z' + circle(0.3),
  },
  target: { distance: 'min(abs(r - 0.78) - 0.14, r - 0.34)', path: circle(0.92) + circle(0.64) + circle(0.34) },
  slotted: {
    distance: 'max(r - 0.9, 0.2 - abs(p.y))',
    path: 'M-.878-.2A.9.9 0 0 1 .878-.2ZM-.878.2A.9.9 0 0 0 .878.2Z',
  },
});

/** The rim's colour for a glyph of the colour given: the one of near-black and near-white that stands off from it. */
export function rimOf(colour) {
  return luminance(colour) > 0.22 ? '#15181c' : '#ffffff';
}

/**
 * The glyph of a state as an SVG element, for legends and lists. It says nothing to screen readers: its label does.
 *
 * @param {number} state
 * @param {number} sizePx
 * @param {Mode} mode
 * @returns {SVGSVGElement}
 */
export function legendGlyph(state, sizePx, mode) {
  const { colourLight, colourDark, glyph, rim } = STATES[state];
  const colour = mode === 'dark' ? colourDark : colourLight;
  const svg = element('svg', { viewBox: '-1.2 -1.2 2.4 2.4', width: sizePx, height: sizePx, 'aria-hidden': 'true' });
  const drawn = { d: GLYPHS[glyph].path, fill: colour, 'fill-rule': 'evenodd' };
  if (rim) {
    Object.assign(drawn, { stroke: rimOf(colour), 'stroke-width': 0.3, 'stroke-linejoin': 'round', 'paint-order': 'stroke' });
  }
  svg.append(element('path', drawn));
  return svg;
}

/** sRGB relative luminance, 0 to 1. */
function luminance(colour) {
  const part = (at) => (parseInt(colour.slice(at, at + 2), 16) / 255) ** 2.2;
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
}

function circle(radius) {
  return `M${-radius} 0a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0Z`;
}

function element(name, attributes) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return /** @type {any} */ (made);
}
