/** While it runs: the head with its dots, the charts, the figures, and what it waits for. */

import { html, signal, useEffect, useRef } from '../vendor/preact.js';
import { createStrip } from '../charts.js';
import { STATES, legendGlyph } from '../head.js';
import { look, run } from '../link.js';
import { Resume } from '../resume.js';
import { dotsOf } from '../numbers.js';
import { Scene } from '../scene.js';
import { isOver } from '../stage.js';
import { theme } from '../theme.js';
import { figure, span, t } from '../words.js';
import { Outcome } from './step.js';

const head = signal(null);

export function RunStep() {
  if (look.value === null) return html`<p>${t('run.none')}</p><${Outcome} name="run" />`;
  return html`
    <div class="run">
      <${HeadMap} />
      <section class="figures" aria-label=${t('run.figures')}>
        <${Resume} />
        <${Figures} />
        <${Waits} />
        <${Legend} />
      </section>
      <${Charts} />
      <${Log} />
    </div>`;
}

function Figures() {
  const now = look.value;
  const total = run.marks.length;
  const left = now.left;
  return html`
    <div class="big"><span id="done">${now.done}</span> <small>/ ${total} ${t('dots')}</small></div>
    <progress max=${total} value=${now.done} aria-label=${t('run.progress')}></progress>
    <dl class="facts">
      <dt>${t('run.rate')}</dt><dd>${left ? `${figure(left.dots_per_s, 1)} / s` : '–'}</dd>
      <dt>${t('run.left')}</dt><dd id="left">${left ? html`${span(left.likely_s)} <small>(${span(left.from_s)} – ${span(left.to_s)})</small>` : isOver(now) ? '–' : t('run.settling')}</dd>
      <dt>${t('run.uncertain')}</dt><dd>${now.uncertain}</dd>
      <dt>${t('run.strikes')}</dt><dd>${now.strikes}</dd>
      <dt>${t('run.enable')}</dt><dd>${now.is_enabled === null ? '–' : t(now.is_enabled ? 'yes' : 'no')}</dd>
    </dl>`;
}

function Waits() {
  const now = look.value;
  if (now.stage !== 'running') return null;
  return html`<p class="waits" id="waits">${now.waits.length === 0 ? t('run.works') : `${t('run.waits')} ${now.waits.map((why) => t(`waits.${why}`)).join(', ')}`}</p>`;
}

function Legend() {
  look.value; // counts change with it
  const rows = Object.entries(STATES).map(([number, { key }]) => [Number(number), key]);
  return html`<ul class="legend" aria-label=${t('run.legend')}>${rows.map(([number, key]) => html`<li>
    <${Glyph} number=${number} /> ${t(`mark.${key}`)} <b>${run.counts[number] ?? 0}</b></li>`)}</ul>`;
}

function Glyph({ number }) {
  const place = useRef(null);
  useEffect(() => place.current.replaceChildren(legendGlyph(number, 16, theme.value)), [number, theme.value]);
  return html`<span ref=${place} aria-hidden="true"></span>`;
}

/** The head: marks come in when it is its turn, many at once. */
function HeadMap() {
  const scene = useRef(null);
  const shown = useRef(0);
  useEffect(() => {
    let gone = false;
    dotsOf('run').then((dots) => { if (!gone) head.value = dots; }, () => {});
    return () => { gone = true; };
  }, [run.began]);
  useEffect(() => {
    const own = scene.current;
    if (!own || !head.value) return;
    if (shown.current !== run.began) {
      shown.current = run.began;
      own.setDots(head.value.positions, head.value.normals);
      own.setStates(run.marks);
    } else if (run.changed.length > 0) {
      const turns = Uint32Array.from(run.changed);
      own.updateStates(turns, Uint8Array.from(turns, (turn) => run.marks[turn]));
    }
    run.changed.length = 0;
    own.setTool(look.value?.tool ?? null);
  });
  look.value; // marks come with it
  if (!head.value) return html`<div class="scene"><p>${t('working')}</p></div>`;
  return html`<${Scene} skin=${head.value} label=${t('run.picture')} use=${(own) => { scene.current = own; shown.current = 0; }} />`;
}

const STRIPS = {
  depth: { unit: 'mm', last: 200, range: [1.0, 2.4] },
  height: { unit: 'mm', range: [-1, 8] },
  force: { unit: 'N', range: [0, 2] },
  head: { unit: 'mm/s', range: [0, 10] },
};

function Charts() {
  return html`<section class="charts" aria-label=${t('run.charts')}>${Object.keys(STRIPS).map((name) => html`<${Strip} key=${name} name=${name} />`)}</section>`;
}

function Strip({ name }) {
  const place = useRef(null);
  const strip = useRef(null);
  const fed = useRef({ began: -1, last: -1, number: 0 });
  const isDepth = name === 'depth';
  useEffect(() => {
    const limits = isDepth ? { band: run.band, ceiling: run.ceiling } : { seconds: 60 };
    const series = [{ label: t(`chart.${name}`), points: isDepth }];
    strip.current = createStrip(place.current, { title: t(`chart.${name}`), series, ...limits, ...STRIPS[name] });
    fed.current = { began: -1, last: -1, number: 0 };
    return () => strip.current.dispose();
  }, []);
  useEffect(() => {
    const own = fed.current;
    const all = name === 'depth' ? run.struck : run.samples;
    if (own.began !== run.began) {
      fed.current = { began: run.began, last: all.at(-1)?.at_s ?? -1, number: all.length };
      const when = (row, k) => (isDepth ? k + 1 : row.at_s);
      strip.current.setAll(all.map(when), [all.map((row) => VALUES[name](row))]);
      return;
    }
    for (let k = all.findLastIndex((row) => row.at_s <= own.last) + 1; k < all.length; k += 1) {
      own.number += 1;
      strip.current.push(isDepth ? own.number : all[k].at_s, [VALUES[name](all[k])]);
      own.last = all[k].at_s;
    }
  });
  look.value; // rows come with it
  return html`<div class="strip" ref=${place}></div>`;
}

const VALUES = {
  depth: (row) => row.depth_mm,
  height: (row) => row.height_mm,
  force: (row) => row.force_n,
  head: (row) => row.head_mm_per_s,
};

function Log() {
  return html`<section class="log" aria-label=${t('run.log')}><ol lang="en" tabindex="0">
    ${[...run.notes.value].reverse().map((note) => html`<li class=${note.level}><time>${figure(note.at_s, 1)} s</time> ${note.text}</li>`)}
  </ol></section>`;
}
