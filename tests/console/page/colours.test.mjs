// The table of states, and the vendored files, without a browser: node --test tests/console/page/
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { GLYPHS, STATES } from '../../../src/console/page/head/states.js';

/**
 * Linear light as people with full dichromacy see it: Machado, Oliveira and Fernandes 2009, severity 1.
 */
const SIGHTS = {
  usual: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};

function linear(hex) {
  return [1, 3, 5].map((at) => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
}

/** CIE L*a*b*, white D65. */
function lab(hex, sight) {
  const [r, g, b] = SIGHTS[sight].map((row) => row.reduce((sum, m, k) => sum + m * linear(hex)[k], 0));
  const f = (t) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const apart = (a, b, sight) => Math.hypot(...lab(a, sight).map((c, k) => c - lab(b, sight)[k]));

for (const key of ['colourLight', 'colourDark']) {
  test(`no two states look alike to any eye, ${key}`, () => {
    const close = [];
    for (const sight of Object.keys(SIGHTS)) {
      STATES.forEach((a, k) => STATES.slice(k + 1).forEach((b) => {
        const distance = apart(a[key], b[key], sight);
        if (process.env.SHOW) console.log(sight, a.key, b.key, distance.toFixed(1));
        if (distance < 10) close.push(`${sight}: ${a.key} and ${b.key}, ${distance.toFixed(1)}`);
      }));
    }
    assert.deepEqual(close, []);
  });
}

test('no two states share a glyph, a name or a priority, and their numbers are what the server means', () => {
  for (const key of ['glyph', 'key', 'priority']) assert.equal(new Set(STATES.map((s) => s[key])).size, STATES.length, key);
  const keys = ['planned', 'done', 'shallow', 'deep', 'deferred', 'skipped', 'uncertain', 'striking', 'unmeasured'];
  assert.deepEqual(STATES.map((s) => s.key), keys);
  assert.ok(STATES.every((s) => GLYPHS[s.glyph]));
});

test('the vendored files are those that VENDOR.md names, by their hashes', () => {
  const vendor = new URL('../../../src/console/page/vendor/', import.meta.url);
  const named = [...readFileSync(new URL('VENDOR.md', vendor), 'utf8').matchAll(/^\| `([^`]+)` .*`([0-9a-f]{64})` \|$/gm)];
  for (const [, file, hash] of named) {
    assert.equal(createHash('sha256').update(readFileSync(new URL(file, vendor))).digest('hex'), hash, file);
  }
  const made = readdirSync(vendor).filter((name) => /\.(js|css)$/.test(name));
  const licences = readdirSync(new URL('licences/', vendor)).map((name) => `licences/${name}`);
  assert.deepEqual(named.map(([, file]) => file).sort(), [...made, ...licences].sort());
});
