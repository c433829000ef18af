import { html, signal, useEffect } from '../vendor/preact.js';
import { wish } from '../link.js';
import { choices } from '../numbers.js';
import { t } from '../words.js';
import { Facts, Outcome, isDue, mayPrepare, standOf } from './step.js';

const ports = signal([]);
const port = signal('');
const ends = signal(false);

export function MachineStep() {
  const { told } = standOf('machine');
  useEffect(() => {
    choices().then((all) => {
      ports.value = all.ports;
      if (port.value === '') port.value = all.ports[0] ?? '';
    });
  }, []);
  return html`
    <form class="choice" onSubmit=${choose}>
      <label>${t('machine.port')}
        <input id="port" list="ports" required value=${port.value} onInput=${(e) => { port.value = e.target.value; }} autocomplete="off" />
        <datalist id="ports">${ports.value.map((name) => html`<option value=${name} />`)}</datalist>
      </label>
      <label class="radio"><input type="checkbox" id="end-session" checked=${ends.value} onChange=${(e) => { ends.value = e.target.checked; }} />
        ${t('machine.end_session')}</label>
      <button class="go" disabled=${!mayPrepare() || !isDue('machine')}>${t('go')}</button>
    </form>
    <${Outcome} name="machine">
      ${told && html`
        <p class="notice ${told.treatment ? 'good' : 'warn'}">${t(told.treatment ? 'machine.treatment' : 'machine.bench')}</p>
        <${Facts} rows=${[
          [t('machine.firmware'), `${told.dialect}: ${told.firmware}`],
          [t('machine.state'), told.state],
          [t('machine.first'), t(told.goes_first ? 'yes' : 'no')],
        ]} />
        <table><caption>${t('machine.promises')}</caption><tbody>
          ${told.capabilities.map(([name, given]) => html`<tr class=${given ? '' : 'missing'}>
            <th scope="row">${t(`promise.${name}`)}</th><td>${given ? `✓ ${t('yes')}` : `✕ ${t('no')}`}</td></tr>`)}
        </tbody></table>`}
    <//>`;
}

function choose(event) {
  event.preventDefault();
  wish({ machine: { port: port.value.trim(), end_session: ends.value } });
}
