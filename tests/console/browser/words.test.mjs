// What the page says, in all its languages: without a browser.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { STATES } from '../../../src/console/page/head/states.js';
import { repository } from './clinic.mjs';

const PAGE = join(repository, 'src/console/page');
const read = (path) => readFileSync(join(repository, path), 'utf8');
const words = Object.fromEntries(['en', 'de'].map((name) => [name, JSON.parse(read(`src/console/page/words/${name}.json`))]));
const sources = readdirSync(PAGE, { recursive: true }).filter((name) => name.endsWith('.js') && !name.startsWith('vendor'));
const isAlarm = (key) => key.startsWith('alarm.');
const snake = (name) => name.replace(/(?<!^)([A-Z])/g, '_$1').toLowerCase();

/** Names of an enum's variants, in Rust. */
function variants(path, name) {
  const body = new RegExp(`enum ${name} \\{(.*?)^\\}`, 'ms').exec(read(path))[1];
  return [...body.matchAll(/^ {4}([A-Z]\w+)/gm)].map((match) => match[1]);
}

/** Names in quotes in a piece of Rust. */
const quoted = (path, piece) => [...piece.exec(read(path))[0].matchAll(/"(\w+)"/g)].map((match) => match[1]);

test('all languages say the same things, with the same figures in them', () => {
  const keys = (name) => Object.keys(words[name]).filter((key) => !isAlarm(key)).sort();
  assert.deepEqual(keys('de'), keys('en'));
  const figures = (text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  for (const key of keys('en')) assert.deepEqual(figures(words.de[key]), figures(words.en[key]), key);
  for (const [name, all] of Object.entries(words)) {
    assert.deepEqual(Object.keys(all), Object.keys(all).sort(), `${name}.json is in order`);
    for (const [key, text] of Object.entries(all)) assert.ok(text.trim() === text && text !== '', key);
  }
});

test('English words of alarms are the console\'s own, and German has words for every one of them', () => {
  assert.deepEqual(Object.keys(words.en).filter(isAlarm), []);
  const table = /table! \{(.*?)^\}/ms.exec(read('src/stream/reaction.rs').split('macro_rules!')[1].split('const RETRACT')[1])[1];
  const causes = [...table.matchAll(/^ {4}([A-Z]\w+):/gm)].map((match) => `ended.${snake(match[1])}`);
  assert.ok(causes.length > 30);
  const others = variants('src/console/alarm.rs', 'Condition').filter((name) => name !== 'Ended').map(snake);
  const wanted = [...causes, ...others].flatMap((of) => ['what', 'machine', 'person'].map((part) => `alarm.${of}.${part}`));
  assert.deepEqual(Object.keys(words.de).filter(isAlarm).sort(), wanted.sort());
});

/** Keys that are put together from a beginning and something that a list has. */
const FAMILIES = {
  '': [], // what alarms are called: see above
  'client.': ['operator', 'pigment', 'cartridge'],
  'client_refusal.': quoted('src/client/refusal.rs', /fn name.*?\n {4}\}/s),
  'chart.': ['depth', 'height', 'force', 'head', 'last', 'band', 'to', 'ceiling', 'none'],
  'item.': quoted('src/console/session/preflight.rs', /const OF_CLIENT.*?let is_phantom/s),
  'line.': ['lost', 'barred', 'connecting'],
  'mark.': STATES.map((state) => state.key),
  'move.': ['←', '→', '↑', '↓'],
  'priority.': variants('src/console/alarm.rs', 'Priority').map(snake),
  'promise.': variants('src/device/capability.rs', 'Capability'),
  'proof.': variants('src/console/session/preflight.rs', 'Proof').map(snake),
  'refusal.': [...variants('src/console/desk.rs', 'Refusal').map(snake), 'no_link'],
  'registration.': ['touches', 'survey', 'fixed', 'kept'],
  'scalp.': [],
  'stage.': ['connecting', 'running', 'paused', 'finished', 'stopped', 'faulted'],
  'state.': ['open', 'working', 'done', 'refused'],
  'step.': ['client', 'scalp', 'design', 'plan', 'machine', 'registration', 'preflight', 'run', 'report'],
  'turn.': ['⟲', '⟳'],
  'upload.': ['designs', 'scalps'],
  'view.': ['front', 'top', 'left', 'right', 'back'],
  'waits.': variants('src/depth/decide.rs', 'Reason').map(snake),
};

test('every key that the page uses is there, and none is there that it does not use', () => {
  const used = new Set();
  for (const name of sources) {
    const text = readFileSync(join(PAGE, name), 'utf8');
    for (const [, key] of text.matchAll(/'([a-z_]+(?:\.[a-z_]+)*)'/g)) if (key in words.en) used.add(key);
    for (const [, key] of text.matchAll(/\bt\('([^']+)'/g)) used.add(key);
    for (const [, family] of text.matchAll(/(?:\bt\(|orSaid\()`([^`$]*)\$/g)) {
      assert.ok(family in FAMILIES, `${name}: no list is known for ${family}`);
      FAMILIES[family].forEach((member) => used.add(family + member));
    }
  }
  assert.deepEqual([...used].filter((key) => !(key in words.en)), [], 'used, and not there');
  const own = (key) => !/^(scalp\.(name|triangles|vertices))$/.test(key); // whatever the command tells
  assert.deepEqual(Object.keys(words.en).filter((key) => own(key) && !used.has(key)), [], 'there, and not used');
});

test('nothing that the page shows stands anywhere but in the files of words', () => {
  const wrong = [];
  for (const name of sources) {
    const text = readFileSync(join(PAGE, name), 'utf8').replaceAll(/\/\*.*?\*\//gs, '').replaceAll(/(^|\s)\/\/.*$/gm, '');
    for (const shown of shownIn(text)) wrong.push(`${name}: ${shown}`);
  }
  assert.deepEqual(wrong, []);
});

/** Words between tags, and in attributes that are read to people, in templates of html. */
function shownIn(text) {
  const shown = [];
  for (const template of templates(text)) {
    for (const [, between] of template.matchAll(/>([^<>]*)</g)) shown.push(between);
    for (const [, value] of template.matchAll(/(?:aria-label|title|placeholder|alt)="([^"]*)"/g)) shown.push(value);
  }
  const UNITS = /^(mm|mm\/s|s|N|ms)$/;
  return shown.flatMap((piece) => piece.split(/[^\p{L}/]+/u)).filter((word) => /\p{L}/u.test(word) && !UNITS.test(word));
}

/** All templates of html, those in holes of others too; where a hole was there is nothing. */
function templates(text) {
  const found = [];
  let at = 0;
  const end = (sign) => {
    const there = text.indexOf(sign, at + 1);
    if (there < 0) throw new Error(`no end of ${text.slice(at, at + 40)}`);
    return there;
  };
  const code = () => {
    for (let depth = 0; at < text.length; at += 1) {
      const sign = text[at];
      if (sign === "'" || sign === '"') at = end(sign);
      else if (sign === '`') template(text.slice(0, at).endsWith('html'));
      else if (sign === '{') depth += 1;
      else if (sign === '}' && depth-- === 0) return;
    }
  };
  const template = (isHtml) => {
    let own = '';
    for (at += 1; text[at] !== '`' && at < text.length; at += 1) {
      if (text.startsWith('${', at)) {
        at += 2;
        code();
      } else own += text[at];
    }
    if (isHtml) found.push(`>${own}<`);
  };
  code();
  return found;
}
