import { Duplex, Readable } from 'node:stream';
import Modem from 'docker-modem';
import type { RawLine, Transport, TransportRequest } from '../transport';
import { EngineApiError } from '../transport';

/** The parts of docker-modem between which the connection lies; its types hide them. */
interface Inside {
  buildRequest(options: Built, context: Modem.DialOptions, data: Data, callback: Modem.RequestCallback): void;
  buildPayload(
    error: null,
    isStream: boolean,
    statusCodes: Modem.StatusCodes,
    openStdin: false,
    request: object,
    response: object,
    body: unknown,
    callback: Modem.RequestCallback,
  ): void;
}

interface Built {
  readonly path: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly signal?: AbortSignal;
}

type Data = string | Buffer | NodeJS.ReadableStream | undefined;

/**
 * docker-modem on any transport: with it dockerode speaks with a simulated engine in the same process,
 * `new Docker({ modem: modemOn(transport) })`. What a request looks like and what becomes of an answer is docker-modem's
 * own doing; only the connection between the two is ours.
 */
export function modemOn(transport: Transport): Modem {
  // A socket path keeps docker-modem from putting a host into addresses; nothing is opened there.
  const modem = new Modem({ socketPath: 'in-process', host: undefined, port: undefined });
  const inside = modem as unknown as Inside;
  inside.buildRequest = (options, context, data, callback) => {
    send(transport, inside, options, context, data, callback).catch((error: Error) => callback(error, null));
  };
  return modem;
}

async function send(
  transport: Transport,
  inside: Inside,
  options: Built,
  { isStream = false, statusCodes = {}, hijack, openStdin }: Modem.DialOptions,
  data: Data,
  callback: Modem.RequestCallback,
): Promise<void> {
  const request: TransportRequest = {
    method: options.method as TransportRequest['method'],
    path: options.path,
    headers: options.headers,
    body: await wholeOf(data),
    ...(options.signal && { signal: options.signal }),
  };
  const finish = (streams: boolean, response: object, body: unknown) =>
    inside.buildPayload(null, streams, statusCodes, false, {}, response, body, callback);
  try {
    if (hijack || openStdin) callback(null, lineStream(await transport.hijack(request)));
    else if (isStream) {
      const { status, headers, chunks } = await transport.open(request);
      finish(true, Object.assign(Readable.from(chunks, { objectMode: false }), { statusCode: status, headers }), null);
    } else {
      const { status, headers, body } = await transport.request(request);
      finish(false, { statusCode: status, headers }, body === '' ? Buffer.alloc(0) : body);
    }
  } catch (error) {
    if (!(error instanceof EngineApiError)) throw error;
    finish(false, { statusCode: error.status, headers: {} }, { message: error.message });
  }
}

/** The body as a whole; a tar is read to its end, since a transport's request is one piece. */
async function wholeOf(data: Data): Promise<string | Buffer | undefined> {
  if (data === undefined || typeof data === 'string' || Buffer.isBuffer(data)) return data;
  const chunks: Buffer[] = [];
  for await (const chunk of data) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** A raw connection as a Node stream. */
function lineStream(line: RawLine): Duplex {
  const output = line.output[Symbol.asyncIterator]();
  return new Duplex({
    read() {
      output.next().then(
        ({ done, value }) => this.push(done ? null : value),
        (error: Error) => this.destroy(error),
      );
    },
    write(chunk: Buffer, _encoding, done) {
      line.write(chunk);
      done();
    },
    final(done) {
      line.end();
      done();
    },
    destroy(error, done) {
      line.close();
      done(error);
    },
  });
}
