// What the test's script drives: everything hangs on `window.test`.
import { CHART_THEMES, createStrip } from '/page/charts.js';
import { Window } from '/page/charts/window.js';
import { html, render, signal, useState } from '/page/vendor/preact.js';

const mode = new URLSearchParams(location.search).get('theme') === 'dark' ? 'dark' : 'light';
document.documentElement.classList.toggle('dark', mode === 'dark');
const violations = [];
document.addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective));

const depth = createStrip(document.getElementById('depth'), {
  title: 'depth', unit: 'mm', series: [{ label: 'depth', points: true }], band: [1.5, 2], ceiling: 2.3,
  range: [0, 2.5], last: 100, theme: { mode },
});
const force = createStrip(document.getElementById('force'), {
  title: 'contact', unit: 'N', series: [{ label: 'force' }, { label: 'limit' }], seconds: 60, range: [0, 2], theme: { mode },
});
const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

/** Preact, htm and signals under the policy: a counter that a signal moves. */
function mount(element) {
  const count = signal(1);
  const Twice = () => {
    const [by] = useState(2);
    return html`<b class="twice">${count.value * by}</b>`;
  };
  render(html`<${Twice} />`, element);
  return count;
}

function make(options) {
  const element = document.createElement('div');
  element.className = 'strip';
  document.body.prepend(element);
  return { element, strip: createStrip(element, options) };
}

/** Waits for the drawing that follows. */
async function drawnAfter(strip, act) {
  const before = strip.frames();
  act();
  while (strip.frames() === before) await frame();
}

window.test = { make, drawnAfter, Window, themes: CHART_THEMES, depth, force, violations, frame, mount };
