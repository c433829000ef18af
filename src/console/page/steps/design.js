/** The look, and where it lies: parts are dragged over the head, turned, and moved by keys; dots follow. */

import { html, signal, useEffect, useRef } from '../vendor/preact.js';
import { wish } from '../link.js';
import { choices, preview } from '../numbers.js';
import { Scene, sideOf } from '../scene.js';
import { figure, t } from '../words.js';
import { Upload } from './upload.js';
import { Facts, Outcome, isDue, mayPrepare, standOf } from './step.js';

const there = signal(null);
const chosen = signal(0);
/** Parts that lie elsewhere than the design's file says. */
const placed = signal([]);
const skin = signal(null);
/** What the console laid last. */
const laid = signal(null);
const trouble = signal('');

/** The head that was turned to the side of its dots: once, and then it is the operator's. */
const turned = { head: null };

/** One question at a time; of those that come meanwhile the last. */
let busy = false;
let pending = null;

async function lay(scalp, design, drag) {
  pending = { scalp, design, drag };
  if (busy) return;
  busy = true;
  while (pending) {
    const wanted = pending;
    pending = null;
    try {
      const answer = await preview(wanted);
      if (answer) {
        laid.value = answer;
        placed.value = answer.told.placed;
        trouble.value = '';
      }
    } catch (error) {
      trouble.value = error.message;
    }
  }
  busy = false;
}

export function DesignStep() {
  const scene = useRef(null);
  const scalp = standOf('scalp');
  const stand = standOf('design');
  const design = () => there.value && { ...there.value[chosen.value], placed: placed.value };
  useEffect(() => {
    choices().then((all) => {
      there.value = all.designs;
      const known = all.designs.findIndex((one) => one.name === stand.wish?.name && one.own === stand.wish?.own);
      if (known >= 0) [chosen.value, placed.value] = [known, stand.wish.placed];
    });
  }, []);
  useEffect(() => {
    if (scalp.how !== 'done') return;
    preview({ scalp: scalp.wish, design: null, drag: null }).then((head) => { skin.value = head; });
  }, [JSON.stringify(scalp.wish), scalp.how]);
  useEffect(() => {
    if (scalp.how === 'done' && there.value) lay(scalp.wish, design(), null);
  }, [chosen.value, there.value !== null, scalp.how]);
  useEffect(() => show(scene.current), [laid.value]);

  const moved = ({ id, at }) => lay(scalp.wish, design(), { part: id, to: Array.from(at) });
  const turns = ({ id, rotationDeg }) => turn(scalp.wish, design(), id, rotationDeg);
  return html`
    <form class="choice" onSubmit=${(event) => choose(event, design())}>
      <label>${t('design.which')}
        <select id="design" value=${chosen.value} onChange=${(e) => { placed.value = []; chosen.value = Number(e.target.value); }}>
          ${there.value?.map((one, k) => html`<option value=${k}>${one.name}${one.own ? '' : ` (${t('bundled')})`}</option>`)}
        </select>
      </label>
      <button type="button" disabled=${placed.value.length === 0} onClick=${() => { placed.value = []; lay(scalp.wish, design(), null); }}>
        ${t('design.as_drawn')}</button>
      <button class="go" disabled=${!mayPrepare() || !isDue('design')}>${t('go')}</button>
    </form>
    <${Upload} kind="designs" then=${() => choices().then((all) => { there.value = all.designs; })} />
    ${trouble.value && html`<p class="notice bad" lang="en" role="status">${trouble.value}</p>`}
    <div class="beside">
      ${skin.value && html`<${Scene} skin=${skin.value} label=${t('design.picture')} onDrag=${moved} onTurn=${turns}
        use=${(head) => { scene.current = head; show(head); }} />`}
      <${Parts} scalp=${scalp.wish} design=${design} scene=${scene} />
    </div>
    <${Outcome} name="design">
      <${Facts} rows=${stand.told ? [[t('design.placed'), stand.told.laid?.dots_placed], [t('design.warnings'), stand.told.laid?.warnings?.length ?? 0]] : []} />
    <//>`;
}

function show(head) {
  if (!head || !laid.value) return;
  const { told, positions, normals } = laid.value;
  head.setDots(positions, normals);
  if (head !== turned.head) {
    turned.head = head;
    head.view(sideOf(normals));
  }
  head.setAnchors(told.parts.map((part) => ({
    id: part.part, at: part.point, normal: part.normal, rotationDeg: part.rotation_deg ?? 0, label: part.part,
  })));
}

function turn(scalp, design, part, rotationDeg) {
  const own = laid.value.told.parts.find((one) => one.part === part);
  if (own?.rotation_deg === null || own === undefined) return;
  const rest = design.placed.filter((one) => one.part !== part);
  const wrapped = ((((rotationDeg + 180) % 360) + 360) % 360) - 180;
  lay(scalp, { ...design, placed: [...rest, { part, at: own.at, rotation_deg: wrapped }] }, null);
}

/** The parts by name, for keys and for those who cannot drag. */
function Parts({ scalp, design, scene }) {
  if (!laid.value) return null;
  const { parts, dots, rejected } = laid.value.told;
  const nudge = (part, dx, dy) => () => {
    const at = scene.current?.nudge(part, dx, dy);
    if (at) lay(scalp, design(), { part, to: Array.from(at.at ?? at) });
  };
  return html`
    <section class="parts" aria-label=${t('design.parts')}>
      <${Facts} rows=${[[t('design.dots'), dots], [t('design.rejected'), rejected]]} />
      ${parts.map((part) => html`<fieldset>
        <legend>${part.part}</legend>
        <p>${t('design.lies', { s: figure(part.at[0], 3), t: figure(part.at[1], 3) })}${part.rotation_deg !== null && html`, ${figure(part.rotation_deg, 0)}°`}</p>
        <div class="pad">
          ${[['←', -1, 0], ['→', 1, 0], ['↑', 0, 1], ['↓', 0, -1]].map(([sign, dx, dy]) => html`
            <button type="button" class="small" aria-label=${t(`move.${sign}`, { part: part.part })} onClick=${nudge(part.part, dx, dy)}>${sign}</button>`)}
          ${part.rotation_deg !== null && [['⟲', -5], ['⟳', 5]].map(([sign, by]) => html`
            <button type="button" class="small" aria-label=${t(`turn.${sign}`, { part: part.part })}
              onClick=${() => turn(scalp, design(), part.part, part.rotation_deg + by)}>${sign}</button>`)}
        </div>
      </fieldset>`)}
    </section>`;
}

function choose(event, design) {
  event.preventDefault();
  wish({ design });
}
