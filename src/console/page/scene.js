/** The head as a component: a canvas that lives as long as it is shown. */

import { html, useEffect, useRef } from './vendor/preact.js';
import { createHead } from './head.js';
import { theme } from './theme.js';
import { t } from './words.js';

const VIEWS = ['front', 'top', 'left', 'right', 'back'];

/** The side from which most of the dots are seen. */
export function sideOf(normals) {
  const sum = [0, 0, 0];
  normals.forEach((part, k) => { sum[k % 3] += part; });
  const [x, y, z] = sum;
  const sides = [['top', z], ['front', y], ['back', -y], ['right', x], ['left', -x]];
  return sides.reduce((best, side) => (side[1] > best[1] ? side : best))[0];
}

/**
 * `skin` is {vertices, triangles}; `use` gets the head when it is there, and null when it is gone. Where there is no WebGL
 * the words beside it must do.
 */
export function Scene({ skin, use, label, onDrag, onTurn }) {
  const canvas = useRef(null);
  const head = useRef(null);
  const told = useRef({});
  told.current = { onDrag, onTurn };
  useEffect(() => {
    if (!skin) return undefined;
    try {
      head.current = createHead(canvas.current, skin, {
        theme: { mode: theme.value },
        maxFps: 30,
        onDrag: (moved) => told.current.onDrag?.(moved),
        onTurn: (turned) => told.current.onTurn?.(turned),
      });
    } catch (error) {
      if (error.code !== 'no-webgl') throw error;
      canvas.current.replaceWith(Object.assign(document.createElement('p'), { textContent: t('no_webgl') }));
      return undefined;
    }
    // Whoever looks into the page finds it there: where things are, and how often it draws.
    canvas.current.head = head.current;
    if (skin.normals?.length) head.current.view(sideOf(skin.normals));
    use?.(head.current);
    return () => {
      use?.(null);
      head.current.dispose();
      head.current = null;
    };
  }, [skin]);
  useEffect(() => head.current?.setTheme({ mode: theme.value }), [theme.value]);
  return html`
    <div class="scene">
      <canvas ref=${canvas} tabindex="0" role="img" aria-label=${label}></canvas>
      <div class="views" role="group" aria-label=${t('views')}>
        ${VIEWS.map((name) => html`<button class="small" onClick=${() => head.current?.view(name)}>${t(`view.${name}`)}</button>`)}
      </div>
    </div>`;
}
