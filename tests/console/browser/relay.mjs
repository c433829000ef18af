// Something between two ends of a TCP connection: it can hold back what passes, cut the connection, or say something of its own.
import { createServer, connect } from 'node:net';

/** @param {number} port  of this machine, where everything goes  @param {number} own  port to listen on; 0: a free one */
export async function relay(port, own = 0) {
  const pairs = new Set();
  let isCut = false;
  let count = 0;
  let heard = null;
  const server = createServer((near) => {
    if (isCut) return near.destroy();
    count += 1;
    const far = connect(port, '127.0.0.1');
    const pair = { near, far };
    pairs.add(pair);
    for (const [from, to] of [[near, far], [far, near]]) {
      from.setNoDelay(true);
      from.on('data', (data) => {
        if (from === near && heard && data.includes(heard.byte)) heard.then(Date.now());
        to.write(data);
      });
      from.on('end', () => to.end());
      from.on('error', () => to.destroy());
      from.on('close', () => { to.destroy(); pairs.delete(pair); });
    }
    return undefined;
  });
  await new Promise((resolve) => server.listen(own, '127.0.0.1', resolve));
  const each = (act) => pairs.forEach(({ near, far }) => [near, far].forEach(act));
  return {
    port: server.address().port,
    /** Says something to the far end in the near end's name. */
    say(bytes) {
      pairs.forEach(({ far }) => far.write(Buffer.from(bytes)));
    },
    /** Connections so far. */
    count: () => count,
    /** When the near end says this byte, ms since 1970. */
    hears: (byte) => new Promise((resolve) => { heard = { byte, then: resolve }; }),
    /** Nothing passes any more, and nobody is told: a cable that is pulled. */
    hold: () => each((end) => end.pause()),
    go: () => each((end) => end.resume()),
    /** All connections end, and none is let in until `mend`. */
    cut() {
      isCut = true;
      each((end) => end.destroy());
    },
    mend() {
      isCut = false;
    },
    close() {
      each((end) => end.destroy());
      server.close();
    },
  };
}
