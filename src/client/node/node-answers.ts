import type http from 'node:http';
import type { Duplex } from 'node:stream';
import type { Dialled } from '../dial-transport';

/** An HTTP answer as a dialler gives it. */
export function answered(response: http.IncomingMessage): Dialled {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return {
    status: response.statusCode ?? 0,
    headers,
    chunks: response as AsyncIterable<Uint8Array>,
    close: () => response.destroy(),
  };
}

/** A connection that turned raw; `head` came with the answer. */
export function upgraded(socket: Duplex, head?: Buffer): Dialled {
  if (head && head.length > 0) socket.unshift(head);
  socket.on('error', () => {}); // the end of the output tells it
  return {
    status: 101,
    headers: {},
    chunks: socket as AsyncIterable<Uint8Array>,
    raw: {
      write: (chunk) => {
        if (socket.writable) socket.write(chunk);
      },
      end: () => socket.end(),
    },
    close: () => socket.destroy(),
  };
}
