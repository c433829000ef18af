// What hands would touch of the light head where the machine profile has it: exact places, in the machine's axes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './clinic.mjs';

const HEAD = join(repository, 'tests/data/heads/colin27');

/** From the scalp's frame, which is this scan's own, to the machine's. */
function inMachine() {
  const profile = readFileSync(join(repository, 'configs/machines/gantry6.toml'), 'utf8');
  const origin = JSON.parse(/^origin_mm = (\[.*\])/m.exec(profile)[1]);
  const pitch = (Number(/^pitch_deg = (\S+)/m.exec(profile)[1]) * Math.PI) / 180;
  const [c, s] = [Math.cos(pitch), Math.sin(pitch)];
  return ([x, y, z]) => [origin[0] + x, origin[1] + c * y - s * z, origin[2] + s * y + c * z];
}

const written = (point) => `[${point.map((c) => c.toFixed(3)).join(', ')}]`;

function landmarks(place) {
  const { landmarks: all } = JSON.parse(readFileSync(join(HEAD, 'landmarks.json'), 'utf8'));
  return Object.entries(all).map(([name, at]) => `${name} = ${written(place(at))}\n`).join('');
}

/** Places that lie as far apart as they can, each from those before it. */
function apart(points, count) {
  const chosen = [points[0]];
  const nearest = points.map(() => Infinity);
  while (chosen.length < count) {
    const last = chosen.at(-1);
    points.forEach((p, k) => { nearest[k] = Math.min(nearest[k], Math.hypot(p[0] - last[0], p[1] - last[1], p[2] - last[2])); });
    chosen.push(points[nearest.indexOf(Math.max(...nearest))]);
  }
  return chosen;
}

/** A file of touches; without places it has the landmarks alone, which a survey begins with. */
export function touches(places = true) {
  const place = inMachine();
  const mesh = readFileSync(join(HEAD, 'mesh_5k.obj'), 'utf8');
  const points = [...mesh.matchAll(/^v (\S+) (\S+) (\S+)/gm)].map((row) => row.slice(1).map(Number)).filter(([, , z]) => z > 25);
  const spots = places ? apart(points, 46).map(place).map(written) : [];
  // Those chosen last lie between the others: they check what the others tell.
  const list = (some) => `[${some.join(', ')}]`;
  return `schema = 1\nsurface_mm = ${list(spots.slice(0, 40))}\nchecks_mm = ${list(spots.slice(40))}\n[landmarks]\n${landmarks(place)}`;
}
