/** Many numbers from the console, in one piece: see `src/cli/console/pack.rs`. */

/**
 * @param {ArrayBuffer} buffer
 * @returns {{told: any, vertices: Float32Array, triangles: Uint32Array, positions: Float32Array, normals: Float32Array}}
 */
export function unpack(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const told = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  let at = 4 + length;
  const take = (Kind, count) => {
    const all = new Kind(buffer, at, count);
    at += 4 * count;
    return all;
  };
  return {
    told,
    vertices: take(Float32Array, 3 * told.vertices),
    triangles: take(Uint32Array, 3 * told.triangles),
    positions: take(Float32Array, 3 * told.dots),
    normals: take(Float32Array, 3 * told.dots),
  };
}

/** Asks for a head, or a design on it; null: overtaken by another question. */
export async function preview(wanted, signal) {
  const answer = await fetch('/api/preview', { method: 'POST', body: JSON.stringify(wanted), signal });
  if (answer.ok) return unpack(await answer.arrayBuffer());
  if (answer.status === 429) return null;
  throw new Error((await answer.text()).trim());
}

/** Dots of the plan, or of the run, with the skin under them. */
export async function dotsOf(what) {
  const answer = await fetch(`/api/dots/${what}`);
  if (!answer.ok) throw new Error((await answer.text()).trim());
  return unpack(await answer.arrayBuffer());
}

/** What there is to choose from; a console that does not say is asked again, as by the link, which tells why. */
export async function choices() {
  for (;;) {
    const answer = await fetch('/api/choices').catch(() => null);
    if (answer?.ok) return answer.json();
    await new Promise((resolve) => { setTimeout(resolve, 1000); });
  }
}
