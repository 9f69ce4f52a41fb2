import dgram from 'node:dgram';
import net from 'node:net';
import type { Questions } from '../dns/questions';
import type { DnsAddress, DnsListener, DnsOpener } from '../dns/resolvers';
import { DnsConnections } from './dns-connections';

/** How often another free port is tried when the one that UDP got is taken for TCP. */
const attempts = 16;
/** Room for bursts while the host does something else. */
const receiveBuffer = 4 * 1024 * 1024;

/** Opens resolvers on UDP and TCP sockets of the host. */
export const dnsOpener: DnsOpener = {
  open: listenDns,
  allocate: (size) => Buffer.allocUnsafe(size),
};

/** Listens for DNS on one port for UDP and TCP. Rejects when it is taken. */
export async function listenDns(questions: Questions, address: DnsAddress): Promise<DnsListener> {
  for (let attempt = 1; ; attempt++) {
    const udp = await bindUdp(address);
    const { port } = udp.address();
    const connections = new DnsConnections(questions);
    try {
      const tcp = await listenTcp({ ...address, port }, connections);
      serve(udp, questions);
      const host = address.host.includes(':') ? `[${address.host}]` : address.host;
      return { address: `${host}:${port}`, close: () => close(udp, tcp, connections) };
    } catch (error) {
      udp.close();
      if (address.port !== 0 || attempt === attempts) throw error;
    }
  }
}

function serve(socket: dgram.Socket, questions: Questions): void {
  socket.on('message', (message, { port, address }) => {
    const reply = questions.quick(message);
    // Without offset and length: the socket would cut the reply out once more.
    if (reply) socket.send(reply, port, address);
    else {
      questions.ask(message, 'udp', (late) => {
        if (late) send(socket, late, port, address);
      });
    }
  });
}

/** What cannot be sent is lost, as on any network; the socket may be closed by the time of a late reply. */
function send(socket: dgram.Socket, message: Uint8Array, port: number, address: string): void {
  try {
    socket.send(message, 0, message.length, port, address);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SOCKET_DGRAM_NOT_RUNNING') throw error;
  }
}

function bindUdp({ host, port }: DnsAddress): Promise<dgram.Socket> {
  const six = host.includes(':');
  const socket = dgram.createSocket({
    type: six ? 'udp6' : 'udp4',
    recvBufferSize: receiveBuffer,
    sendBufferSize: receiveBuffer,
    // Peers come as addresses: there is nothing to look up, and no reason to wait a turn for it.
    lookup: (name, _options, found) => found(null, name, six ? 6 : 4),
  });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, host, () => {
      socket.off('error', reject);
      // A reply that cannot be sent is the asker's loss.
      socket.on('error', () => {});
      resolve(socket);
    });
  });
}

function listenTcp({ host, port }: DnsAddress, connections: DnsConnections): Promise<net.Server> {
  const server = net.createServer((socket) => connections.add(socket));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}

async function close(udp: dgram.Socket, tcp: net.Server, connections: DnsConnections): Promise<void> {
  await new Promise<void>((resolve) => udp.close(resolve));
  await new Promise<void>((resolve) => {
    tcp.close(() => resolve());
    connections.end();
  });
}
