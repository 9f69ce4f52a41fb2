/** Turns the multiplexed frames of the logs routes (API-61) into lines, and names the task of each (API-32). */

export interface LogLine {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

const HEADER = 8;

/** Lines as they come; a frame may span chunks, and a line frames of its stream. With `raw` there are no frames (TTY). */
export async function* logLines(chunks: AsyncIterable<Uint8Array>, raw = false): AsyncGenerator<LogLine> {
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  const rests = { stdout: '', stderr: '' };
  function* take(stream: LogLine['stream'], bytes: Uint8Array): Generator<LogLine> {
    const lines = (rests[stream] + decoders[stream].decode(bytes, { stream: true })).split('\n');
    rests[stream] = lines.pop() ?? '';
    for (const text of lines) yield { stream, text: text.replace(/\r$/, '') };
  }
  let buffer = new Uint8Array(0);
  for await (const chunk of chunks) {
    if (raw) {
      yield* take('stdout', chunk);
      continue;
    }
    const joined = new Uint8Array(buffer.length + chunk.length);
    joined.set(buffer);
    joined.set(chunk, buffer.length);
    buffer = joined;
    while (buffer.length >= HEADER) {
      const length = new DataView(buffer.buffer, buffer.byteOffset).getUint32(4);
      if (buffer.length < HEADER + length) break;
      yield* take(buffer[0] === 2 ? 'stderr' : 'stdout', buffer.subarray(HEADER, HEADER + length));
      buffer = buffer.subarray(HEADER + length);
    }
  }
  for (const stream of ['stdout', 'stderr'] as const) if (rests[stream]) yield { stream, text: rests[stream] };
}

const DETAILS = /^(\S*com\.docker\.swarm\.task\.id=\S*) ?(.*)$/;

/** A line with its details in front: the ID of the task it came from, and the line itself. */
export function splitDetails(line: string): { readonly taskID?: string; readonly text: string } {
  const match = DETAILS.exec(line);
  if (!match) return { text: line };
  const taskID = /com\.docker\.swarm\.task\.id=([^,\s]+)/.exec(match[1] as string)?.[1];
  return { ...(taskID && { taskID }), text: match[2] as string };
}
