import { DaemonError, familiarName, parseReference } from '../../daemon';
import { second } from '../../sim';
import type { EngineResponse, StreamSink } from '../http';
import type { ContainerContext } from './containers-context';

type Line = Readonly<Record<string, unknown>>;

/** How often a client hears how far a pull is. */
const interval = second / 4;

/** Lines of JSON to a client that may come later than the first of them, or go away before the last. */
class Progress {
  readonly #early: Line[] = [];
  #sink: StreamSink | undefined;
  #over = false;
  #gone = false;

  get gone(): boolean {
    return this.#gone;
  }

  attach(sink: StreamSink): void {
    this.#sink = sink;
    sink.onClose(() => {
      this.#gone = true;
    });
    for (const line of this.#early) this.say(line);
    if (this.#over) sink.end();
  }

  say(line: Line): void {
    if (!this.#sink) this.#early.push(line);
    else if (!this.#gone) this.#sink.write(`${JSON.stringify(line)}\r\n`);
  }

  end(): void {
    this.#over = true;
    if (!this.#gone) this.#sink?.end();
  }
}

/** `POST /images/create?fromImage=…`: pulls, and tells its progress as lines of JSON while virtual time goes on. */
export function pull({ engine: { daemon }, query }: ContainerContext): Promise<EngineResponse> {
  const source = query.get('fromImage') ?? '';
  if (source === '') throw new DaemonError('not implemented', 'importing an image is not simulated: only pulling is');
  const tag = query.get('tag') ?? '';
  const name =
    tag === '' ? source : tag.startsWith('sha256:') ? `${source}@${tag}` : `${source.replace(/:[^/:]*$/, '')}:${tag}`;
  const reference = parseReference(name);
  checkPlatform(query.get('platform') ?? '');
  const repository = reference.repository.includes('/') ? reference.repository : `library/${reference.repository}`;
  const progress = new Progress();
  return new Promise((resolve, reject) => {
    let begun = false;
    const begin = () => {
      if (begun) return;
      begun = true;
      progress.say({ status: `Pulling from ${repository}`, id: reference.tag ?? reference.digest ?? 'latest' });
      resolve({
        status: 200,
        headers: { 'content-type': 'application/json' },
        stream: (sink) => progress.attach(sink),
      });
    };
    daemon.images.pull(
      name,
      (result) => {
        if ('error' in result) {
          reject(result.error);
          return;
        }
        const layer = shortLayer(result.image.id);
        begin();
        if (result.fresh)
          for (const status of ['Verifying Checksum', 'Download complete', 'Extracting', 'Pull complete'])
            progress.say({ status, progressDetail: {}, id: layer });
        progress.say({ status: `Digest: ${result.digest}` });
        const shown = familiarName(reference);
        progress.say({
          status: result.fresh
            ? `Status: Downloaded newer image for ${shown}`
            : `Status: Image is up to date for ${shown}`,
        });
        progress.end();
      },
      ({ imageID, size, duration }) => {
        begin();
        const id = shortLayer(imageID);
        progress.say({ status: 'Pulling fs layer', progressDetail: {}, id });
        const steps = Math.floor(duration / interval);
        const step = (done: number) => {
          if (progress.gone || done > steps) return;
          const current = Math.floor((size * done) / (steps + 1));
          progress.say({
            status: 'Downloading',
            progressDetail: { current, total: size },
            progress: bar(current, size),
            id,
          });
          daemon.after(interval, () => step(done + 1));
        };
        if (steps > 0) daemon.after(interval, () => step(1));
      },
    );
  });
}

/** The image's one layer, as progress names it. */
function shortLayer(imageID: string): string {
  return imageID.slice(7, 19);
}

/** The catalogue's images are for one platform. Refused like an image that has no variant for another (API-63). */
function checkPlatform(platform: string): void {
  if (platform === '') return;
  const [os = '', architecture = 'amd64', ...rest] = platform.toLowerCase().split('/');
  if (!/^[a-z0-9]+$/.test(os) || !/^[a-z0-9_]+$/.test(architecture) || rest.length > 1)
    throw new DaemonError(
      'invalid',
      `"${platform}" is an invalid OS component of "${platform}": OSAndVersion specifier component must match "^([A-Za-z0-9_-]+)(?:\\\\(([A-Za-z0-9_.-]*)\\\\))?$": invalid argument`,
    );
  if (os === 'linux' && ['amd64', 'x86_64', 'x86-64'].includes(architecture)) return;
  throw new DaemonError(
    'not found',
    `no matching manifest for ${[os, architecture, ...rest].join('/')} in the manifest list entries`,
  );
}

/** The bar that the engine draws for its client: fifty places, with the bytes after it. */
function bar(current: number, total: number): string {
  const full = Math.floor((current / total) * 50);
  const line = full < 50 ? `${'='.repeat(full)}>${' '.repeat(49 - full)}` : '='.repeat(50);
  return `[${line}]  ${bytes(current)}/${bytes(total)}`;
}

/** Four digits with a unit of a thousand, as the engine's progress has them. */
function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let [value, unit] = [count, 0];
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${Number(value.toPrecision(4))}${units[unit]}`;
}
