/**
 * Live charts: the last dots' depths against their band, or curves over the last seconds.
 *
 * `push` only notes; a chart draws itself five times a second at most, and not at all while nothing comes.
 */

import uPlot from './vendor/uplot.js';
import { limits, names, outside } from './charts/paint.js';
import { Window } from './charts/window.js';

/** Between two drawings, ms. */
const BEAT_MS = 200;
/** Rows at most: 60 s of 50 values a second, and some. */
const ROWS = 4000;

/**
 * @typedef {{mode: 'light' | 'dark', text: string, grid: string, band: string, bandRim: string,
 *   ceiling: string}} ChartTheme
 */

/** @type {Readonly<Record<'light' | 'dark', Readonly<ChartTheme>>>} */
export const CHART_THEMES = Object.freeze({
  light: Object.freeze({
    mode: 'light', text: '#3a414a', grid: '#c9cdd2', band: '#cbd9e2', bandRim: '#7d9bb0', ceiling: '#a33c00',
  }),
  dark: Object.freeze({
    mode: 'dark', text: '#c4cad1', grid: '#3a4148', band: '#2c3d4a', bandRim: '#5b7f99', ceiling: '#ff8a3d',
  }),
});

/**
 * @typedef {Object} Series
 * @property {string} label
 * @property {string} [colour]      on light ground
 * @property {string} [colourDark]  on dark ground
 * @property {boolean} [points]     dots without a line between them
 */

/**
 * @param {HTMLElement} element  sized by the page's style sheet; gets role img and the summary as its label
 * @param {{title: string, unit: string, series: Series[], band?: [number, number], ceiling?: number,
 *   range?: [number, number], seconds?: number, last?: number, digits?: number, theme?: Partial<ChartTheme>, isNamed?: boolean,
 *   words?: Partial<typeof WORDS>}} options
 *   isNamed: its title stands beside it already; range: of the axis, widened where values lie outside; seconds: what the window shows (60); last: show the last so
 *   many values instead, by their number; words: for other languages
 */
export function createStrip(element, options) {
  const { title, unit, digits = 2 } = options;
  const words = { ...WORDS, ...options.words };
  const counted = options.last !== undefined;
  const rows = new Window(options.series.length, counted ? options.last : options.seconds ?? 60, ROWS);
  let { band, ceiling } = options;
  let theme = CHART_THEMES.light;
  /** @type {uPlot | null} */
  let plot = null;
  let [timer, request, drawnAt, drawn] = [0, 0, -Infinity, 0];

  function build() {
    plot?.destroy();
    const curves = options.series.map((of, k) => curve(of, k, theme));
    const now = () => ({ theme, band, ceiling, curves });
    const plugins = [limits(now), outside(now), names(now)];
    plot = new uPlot(settings(element, options, theme, rows, () => [band, ceiling], plugins), shown(), element);
  }

  /** Not more often than the beat, and only when the page is being painted. */
  function soon() {
    if (timer || request) return;
    const wait = Math.max(0, drawnAt + BEAT_MS - performance.now());
    timer = setTimeout(() => {
      timer = 0;
      request = requestAnimationFrame(draw);
    }, wait);
  }

  function draw() {
    request = 0;
    drawnAt = performance.now();
    drawn += 1;
    plot.setData(shown());
    element.setAttribute('aria-label', summary());
  }

  function shown() {
    return rows.length > 0 ? rows.columns : rows.columns.map(() => []);
  }

  function summary() {
    const of = options.series.map(({ label }, k) => {
      const value = rows.last(k);
      const name = options.series.length > 1 ? `${label} ` : '';
      return value === null ? `${name}${words.none}` : `${name}${words.last} ${value.toFixed(digits)} ${unit}`;
    });
    if (band) of.push(`${words.band} ${band[0].toFixed(digits)} ${words.to} ${band[1].toFixed(digits)}`);
    if (ceiling !== undefined) of.push(`${words.ceiling} ${ceiling.toFixed(digits)}`);
    return `${title}: ${of.join(', ')}`;
  }

  const observer = new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = element;
    if (width > 0 && height > 0) plot.setSize({ width, height });
  });

  element.setAttribute('role', 'img');
  setTheme(options.theme ?? {});
  observer.observe(element);

  /** @param {Partial<ChartTheme>} wanted  what is not named is the theme's of that mode */
  function setTheme(wanted) {
    theme = { ...CHART_THEMES[wanted.mode ?? theme.mode], ...wanted };
    build();
    element.setAttribute('aria-label', summary());
  }

  return {
    /** @param {number} time  s, or the value's number where `last` is given @param {ArrayLike<number | null>} values */
    push(time, values) {
      rows.push(time, values);
      soon();
    },
    /** @param {ArrayLike<number>} times @param {Array<ArrayLike<number | null>>} columns  one for each series */
    setAll(times, columns) {
      rows.setAll(times, columns);
      soon();
    },
    /** @param {{band?: [number, number], ceiling?: number}} to  both are replaced */
    setLimits(to) {
      ({ band, ceiling } = to);
      soon();
    },
    setTheme,
    summary,
    /** How often it has drawn. */
    frames: () => drawn,
    dispose() {
      clearTimeout(timer);
      cancelAnimationFrame(request);
      [timer, request] = [-1, -1]; // and asks for no other
      observer.disconnect();
      plot.destroy();
      element.removeAttribute('aria-label');
    },
  };
}

const WORDS = Object.freeze({ last: 'last', band: 'band', to: 'to', ceiling: 'ceiling', none: 'no value yet' });

/** Colours without a name: Okabe and Ito's that neither say alarm nor are lost on grey. */
const LIGHT = ['#0072b2', '#007a59', '#a0437a'];
const DARK = ['#56b4e9', '#35c79b', '#d98cb6'];

const DASHES = [[], [7, 3], [2, 3]];

function settings(element, options, theme, rows, limitsNow, plugins) {
  const { clientWidth, clientHeight } = element;
  const span = rows.span;
  const axis = { stroke: theme.text, grid: { stroke: theme.grid, width: 1 }, ticks: { show: false }, font: FONT };
  const counted = options.last !== undefined;
  return {
    width: clientWidth || 300,
    height: clientHeight || 150,
    padding: [8, 12, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    select: { show: false },
    scales: {
      x: { time: false, range: () => lastOf(rows, span) },
      y: { range: (_, low, high) => widened(options.range, low, high, limitsNow()) },
    },
    axes: [
      {
        ...axis,
        size: 26,
        ...(counted ? {} : { splits: () => steps(rows, span) }),
        values: (_, ticks) => ticks.map((x) => (counted ? `${x}` : ago(x, rows))),
      },
      {
        ...axis,
        size: 44,
        ...(options.isNamed ? {} : { label: `${options.title}, ${options.unit}`, labelSize: 18, labelFont: FONT }),
        values: (_, ticks) => ticks.map((y) => `${Number(y.toFixed(3))}`),
      },
    ],
    series: [{}, ...options.series.map((of, k) => curve(of, k, theme))],
    plugins,
  };
}

const FONT = '12px system-ui, sans-serif';

function curve({ label, colour, colourDark, points }, k, theme) {
  const dark = theme.mode === 'dark';
  const stroke = (dark ? colourDark ?? colour : colour) ?? (dark ? DARK : LIGHT)[k % LIGHT.length];
  const dots = { show: true, size: 5, width: 0, fill: stroke };
  if (points) return { label, stroke, points: dots, paths: () => null };
  // Dashes, because colour must not be the only sign.
  return { label, stroke, width: 1.5, dash: DASHES[k % DASHES.length], points: { show: false } };
}

/** The window's ends; before the first value any will do. @returns {[number, number]} */
function lastOf(rows, span) {
  const end = rows.columns[0][rows.length - 1] ?? span;
  return [end - span, end];
}

/** Steps of time stand still while the curves go by. */
function steps(rows, span) {
  const [start] = lastOf(rows, span);
  return Array.from({ length: 7 }, (_, k) => start + (k * span) / 6);
}

/** Seconds before now. */
function ago(x, rows) {
  if (rows.length === 0) return '';
  const back = x - (rows.columns[0][rows.length - 1] ?? x);
  return back > -0.5 ? '0' : `${Math.round(back)}`;
}

/** The range wished for, widened to what is there: a value off the chart would look like none. */
function widened(range, low, high, [band, ceiling]) {
  const there = [...(range ?? []), ...(band ?? []), ceiling, low, high].filter((v) => Number.isFinite(v));
  if (there.length === 0) return [0, 1];
  const [least, most] = [Math.min(...there), Math.max(...there)];
  const air = range && least >= range[0] && most <= range[1] ? 0 : 0.05 * (most - least || 1);
  return [least === range?.[0] ? least : least - air, most === range?.[1] ? most : most + air];
}
