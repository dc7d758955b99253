import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Messages after which a client waits for the server: a query, Sync, and Flush. */
const WAITS = new Set(['Q', 'S', 'H']);
/** Requests without a type byte, which begin a connection. */
const START_UP = 'start-up';

export interface DatabaseProxy {
  /** The address of the database, through the proxy. */
  readonly url: string;
  /** Round trips since the last call: how often clients had to wait for an answer. */
  takeRoundTrips(): number;
  /** Cuts the connection whose next message holds this text, after passing it on, so that no answer arrives. */
  cutAfter(text: string): void;
  close(): Promise<void>;
}

/** Stands between client and server, understands the frames of PostgreSQL's protocol and counts them. */
export async function startProxy(target: string): Promise<DatabaseProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let roundTrips = 0;
  let fatalText: string | undefined;
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    const frames = frameReader((type, body) => {
      if (WAITS.has(type)) roundTrips += 1;
      if (fatalText === undefined || !body.includes(fatalText)) return;
      fatalText = undefined;
      upstream.unpipe(client);
      setTimeout(() => {
        client.destroy();
        upstream.destroy();
      }, 50);
    });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
        sockets.delete(socket);
      });
    }
    client.on('data', (data) => {
      frames(data);
      upstream.write(data);
    });
    upstream.pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(target);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: url.href,
    takeRoundTrips() {
      const taken = roundTrips;
      roundTrips = 0;
      return taken;
    },
    cutAfter(text) {
      fatalText = text;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Calls back for each complete message of one client. */
function frameReader(onFrame: (type: string, body: Buffer) => void): (data: Buffer) => void {
  let pending = Buffer.alloc(0);
  let started = false;
  return (data) => {
    pending = Buffer.concat([pending, data]);
    for (;;) {
      const header = started ? 1 : 0;
      if (pending.length < header + 4) return;
      const length = header + pending.readInt32BE(header);
      if (pending.length < length) return;
      onFrame(started ? String.fromCharCode(pending[0] as number) : START_UP, pending.subarray(header + 4, length));
      pending = pending.subarray(length);
      started = true;
    }
  };
}
