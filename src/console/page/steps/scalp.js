import { html, signal, useEffect } from '../vendor/preact.js';
import { wish } from '../link.js';
import { choices, preview } from '../numbers.js';
import { Scene } from '../scene.js';
import { t } from '../words.js';
import { Upload } from './upload.js';
import { Facts, Outcome, isDue, mayPrepare, standOf } from './step.js';

const there = signal(null);
const chosen = signal(0);
const skin = signal(null);

export function ScalpStep() {
  const { wish: wished, told } = standOf('scalp');
  useEffect(() => {
    choices().then((all) => { there.value = all.scalps; });
  }, []);
  useEffect(() => {
    if (!told || !wished) return;
    preview({ scalp: wished, design: null, drag: null }).then((head) => { skin.value = head; });
  }, [JSON.stringify(wished), told !== null]);
  return html`
    <form class="choice" onSubmit=${choose}>
      <label>${t('scalp.which')}
        <select id="scalp" value=${chosen.value} onChange=${(e) => { chosen.value = Number(e.target.value); }}>
          ${there.value?.map((one, k) => html`<option value=${k}>${one.name}${one.own ? '' : ` (${t('bundled')})`}</option>`)}
        </select>
      </label>
      <button class="go" disabled=${!mayPrepare() || !isDue('scalp')}>${t('go')}</button>
    </form>
    <${Upload} kind="scalps" then=${() => choices().then((all) => { there.value = all.scalps; })} />
    <${Outcome} name="scalp">
      <${Facts} rows=${facts(told)} />
      ${skin.value && html`<${Scene} skin=${skin.value} label=${t('scalp.picture')} />`}
    <//>`;
}

/** Whatever of what was told is a plain figure. */
function facts(told) {
  const plain = (value) => ['number', 'string', 'boolean'].includes(typeof value);
  return Object.entries(told ?? {}).filter(([, value]) => plain(value)).map(([key, value]) => [t(`scalp.${key}`), String(value)]);
}

function choose(event) {
  event.preventDefault();
  wish({ scalp: there.value[chosen.value] });
}
