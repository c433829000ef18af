/** What is drawn behind and over the curves: band and ceiling, names, and marks for points outside their band. */

import { GLYPHS, STATES, rimOf } from '../head/states.js';

/**
 * @param {() => {theme: any, band?: [number, number], ceiling?: number}} now
 * @returns {import('../vendor/uplot.js').Plugin}
 */
export function limits(now) {
  return {
    hooks: {
      drawClear: [(plot) => stripe(plot, now())],
      draw: [(plot) => line(plot, now())],
    },
  };
}

/** Points outside the band, with the glyphs that shallow and deep dots have on the head. */
export function outside(now) {
  return { hooks: { draw: [(plot) => mark(plot, now())] } };
}

const SHALLOW = 2;
const DEEP = 3;
const MARK_PX = 6;

function mark(plot, { theme, band, curves }) {
  if (!band) return;
  const { ctx, data } = plot;
  const { min, max } = plot.scales.x;
  curves.forEach(({ paths }, k) => {
    if (!paths) return; // a line
    data[k + 1].forEach((value, row) => {
      const x = data[0][row];
      if (value === null || x < min || x > max || (value >= band[0] && value <= band[1])) return;
      const { glyph, colourLight, colourDark } = STATES[value < band[0] ? SHALLOW : DEEP];
      const colour = theme.mode === 'dark' ? colourDark : colourLight;
      const size = MARK_PX * devicePixelRatio;
      ctx.save();
      ctx.translate(plot.valToPos(x, 'x', true), plot.valToPos(value, 'y', true));
      ctx.scale(size, size);
      const shape = new Path2D(GLYPHS[glyph].path);
      Object.assign(ctx, { lineWidth: 0.3, lineJoin: 'round', strokeStyle: rimOf(colour), fillStyle: colour });
      ctx.stroke(shape);
      ctx.fill(shape);
      ctx.restore();
    });
  });
}

/** Names of the curves where there are several, each with a piece of its line. */
export function names(now) {
  return { hooks: { draw: [(plot) => now().curves.length > 1 && write(plot, now())] } };
}

function write(plot, { theme, curves }) {
  const { ctx, bbox } = plot;
  const sharp = devicePixelRatio;
  ctx.save();
  ctx.font = `${12 * sharp}px system-ui, sans-serif`;
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  let x = bbox.left + 8 * sharp;
  const y = bbox.top + 10 * sharp;
  for (const { label, stroke, dash } of curves) {
    ctx.strokeStyle = stroke;
    ctx.lineWidth = 2 * sharp;
    ctx.setLineDash((dash ?? []).map((d) => d * sharp));
    ctx.beginPath();
    ctx.moveTo(x, y);
    ctx.lineTo(x + 22 * sharp, y);
    ctx.stroke();
    ctx.fillStyle = theme.text;
    ctx.fillText(label, x + 28 * sharp, y);
    x += 46 * sharp + ctx.measureText(label).width;
  }
  ctx.restore();
}

function stripe(plot, { theme, band }) {
  if (!band) return;
  const { left, top, width, height } = plot.bbox;
  const [low, high] = band.map((value) => clamp(plot.valToPos(value, 'y', true), top, top + height));
  const { ctx } = plot;
  ctx.save();
  ctx.fillStyle = theme.band;
  ctx.fillRect(left, high, width, low - high);
  // The limits as thin lines too: a shade alone is lost on a bad screen.
  ctx.fillStyle = theme.bandRim;
  for (const y of [low, high]) ctx.fillRect(left, Math.round(y), width, 1);
  ctx.restore();
}

function line(plot, { theme, ceiling }) {
  if (ceiling === undefined) return;
  const { left, top, width, height } = plot.bbox;
  const y = Math.round(plot.valToPos(ceiling, 'y', true)) + 0.5;
  if (y < top || y > top + height) return;
  const { ctx } = plot;
  ctx.save();
  ctx.strokeStyle = theme.ceiling;
  ctx.lineWidth = 2;
  ctx.setLineDash([8, 5]);
  ctx.beginPath();
  ctx.moveTo(left, y);
  ctx.lineTo(left + width, y);
  ctx.stroke();
  ctx.restore();
}

function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}
