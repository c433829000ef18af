/** While it runs: the head with its dots, the charts, the figures, and what it waits for. */

import { computed, effect, html, signal, useEffect, useRef } from '../vendor/preact.js';
import { createStrip } from '../charts.js';
import { STATES, legendGlyph } from '../head.js';
import { began, isSurvey, look, moved, run } from '../link.js';
import { Resume } from '../resume.js';
import { dotsOf } from '../numbers.js';
import { Scene } from '../scene.js';
import { isOver } from '../stage.js';
import { theme } from '../theme.js';
import { figure, span, t } from '../words.js';
import { Outcome } from './step.js';

/** The skin and the dots of a run, with the folder that they are from. */
const head = signal(null);

const there = computed(() => began.value >= 0 && look.value !== null && !isSurvey(run));

export function RunStep() {
  if (!there.value) return html`<p>${t('run.none')}</p><${Outcome} name="run" />`;
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
    <${Glyph} number=${number} /> <span>${t(`mark.${key}`)}</span> <b>${run.counts[number] ?? 0}</b></li>`)}</ul>`;
}

function Glyph({ number }) {
  const place = useRef(null);
  useEffect(() => place.current.replaceChildren(legendGlyph(number, 16, theme.value)), [number, theme.value]);
  return html`<span ref=${place} aria-hidden="true"></span>`;
}

/** The head: marks come in when it is its turn, many at once, and nothing else is drawn anew with them. */
function HeadMap() {
  const scene = useRef(null);
  const { folder } = run;
  useEffect(() => {
    let gone = false;
    const keep = (dots) => { if (!gone) head.value = { ...dots, folder }; };
    if (head.peek()?.folder !== folder) dotsOf('run').then(keep, () => {});
    return () => { gone = true; };
  }, [folder]);
  useEffect(() => effect(() => {
    moved.value;
    mark(scene.current);
  }), []);
  const take = (own) => {
    scene.current = own;
    own?.setDots(head.peek().positions, head.peek().normals);
    run.changed = null;
    mark(own);
  };
  began.value; // another run may be in another folder
  if (head.value?.folder !== folder) return html`<div class="scene"><p>${t('working')}</p></div>`;
  return html`<${Scene} skin=${head.value} label=${t('run.picture')} use=${take} />`;
}

function mark(scene) {
  if (!scene || head.peek()?.folder !== run.folder) return;
  if (run.changed === null) {
    scene.setStates(run.marks);
    run.changed = [];
  } else if (run.changed.length > 0) {
    const turns = Uint32Array.from(run.changed);
    scene.updateStates(turns, Uint8Array.from(turns, (turn) => run.marks[turn]));
    run.changed.length = 0;
  }
  scene.setTool(run.look?.tool ?? null);
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
  const title = t(`chart.${name}`);
  const mode = theme.value;
  useEffect(() => {
    const isDepth = name === 'depth';
    const limits = isDepth ? { band: run.band, ceiling: run.ceiling } : { seconds: 60 };
    const words = Object.fromEntries(['last', 'band', 'to', 'ceiling', 'none'].map((word) => [word, t(`chart.${word}`)]));
    const series = [{ label: title, points: isDepth }];
    const strip = createStrip(place.current, { title, isNamed: true, series, words, theme: { mode }, ...limits, ...STRIPS[name] });
    const feed = feeder(name, strip);
    const stop = effect(() => {
      look.value;
      feed();
    });
    return () => {
      stop();
      strip.dispose();
    };
  }, [mode, title, began.value]);
  return html`<figure class="strip"><figcaption aria-hidden="true">${title}, ${STRIPS[name].unit}</figcaption><div class="plot" ref=${place}></div></figure>`;
}

/** Brings what is new into a chart: depths by their numbers, all else by its time. */
function feeder(name, strip) {
  const isDepth = name === 'depth';
  const value = VALUES[name];
  const start = isDepth ? run.struck : run.samples;
  let number = start.length;
  let last = start.at(-1)?.at_s ?? -1;
  strip.setAll(start.map((row, k) => (isDepth ? k + 1 : row.at_s)), [start.map(value)]);
  return () => {
    const all = isDepth ? run.struck : run.samples;
    for (let k = all.findLastIndex((row) => row.at_s <= last) + 1; k < all.length; k += 1) {
      number += 1;
      strip.push(isDepth ? number : all[k].at_s, [value(all[k])]);
      last = all[k].at_s;
    }
  };
}

const VALUES = {
  depth: (row) => row.depth_mm,
  height: (row) => row.height_mm,
  force: (row) => row.force_n,
  head: (row) => row.head_mm_per_s,
};

function Log() {
  return html`<section class="log" aria-label=${t('run.log')}><ol lang="en" tabindex="0">
    ${[...run.notes.value].reverse().map((note) => html`<li key=${note.number} class=${`note-${note.level}`}><time>${figure(note.at_s, 1)} s</time> ${note.text}</li>`)}
  </ol></section>`;
}
