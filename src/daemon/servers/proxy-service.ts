/** One service behind the proxy, as a reconfigure request describes it. */
export interface ProxyService {
  readonly serviceName: string;
  /** Request paths it answers; empty when only its domains choose it. */
  readonly servicePath: readonly string[];
  readonly serviceDomain: readonly string[];
  readonly pathType: PathType;
  /** Port of the service itself. */
  readonly port: number;
  /** Port of the proxy that leads to this service only; 0: any. */
  readonly srcPort: number;
  readonly aclName: string;
  /** Host name that the proxy asks in place of the service's name. */
  readonly outboundHostname: string;
}

export type PathType = 'path_beg' | 'path' | 'path_end' | 'path_sub' | 'path_dir' | 'path_reg';

const pathTypes: readonly string[] = ['path_beg', 'path', 'path_end', 'path_sub', 'path_dir', 'path_reg'];

/** What is wrong with a reconfigure request, in the proxy's words. */
export class ProxyRequestError extends Error {}

/** A word that can stand in haproxy.cfg and does nothing there but name something. */
const word = /^[A-Za-z0-9_.:-]{1,253}$/;
const plainPath = /^[\x21-\x7e]{1,1024}$/;

/** Reads a reconfigure request. Whatever could change the meaning of haproxy.cfg is refused. */
export function readService(query: ReadonlyMap<string, string>): ProxyService {
  const serviceName = query.get('serviceName') ?? '';
  if (serviceName === '') throw new ProxyRequestError('serviceName parameter is mandatory.');
  const list = (name: string) => (query.get(name) ?? '').split(',').filter((item) => item !== '');
  const number = (name: string) => {
    const text = query.get(name) ?? '';
    const value = Number(text);
    if (text !== '' && (!Number.isInteger(value) || value < 1 || value > 65_535))
      throw new ProxyRequestError(`${name} must be a port: ${text}`);
    return value;
  };
  const service: ProxyService = {
    serviceName,
    servicePath: list('servicePath'),
    serviceDomain: list('serviceDomain'),
    pathType: (query.get('pathType') || 'path_beg') as PathType,
    port: number('port'),
    srcPort: number('srcPort'),
    aclName: query.get('aclName') || serviceName,
    outboundHostname: query.get('outboundHostname') || serviceName,
  };
  if (service.port === 0)
    throw new ProxyRequestError('When MODE is set to "service" or "swarm", the port query is mandatory.');
  if (service.servicePath.length === 0 && service.serviceDomain.length === 0)
    throw new ProxyRequestError('The following queries are mandatory: serviceName and servicePath or serviceDomain.');
  if (!pathTypes.includes(service.pathType)) throw new ProxyRequestError(`pathType is not known: ${service.pathType}`);
  for (const name of [serviceName, service.aclName, service.outboundHostname, ...service.serviceDomain])
    if (!word.test(name)) throw new ProxyRequestError(`not a name: ${name}`);
  for (const path of service.servicePath)
    if (!plainPath.test(path) || /["'\\#]/.test(path)) throw new ProxyRequestError(`not a path: ${path}`);
  return service;
}

/** Whether a request is for the service: by its port, its domain and its path, all that it names. */
export function serves(service: ProxyService, port: number, host: string, path: string): boolean {
  if (service.srcPort !== 0 && service.srcPort !== port) return false;
  const name = host.split(':')[0]!.toLowerCase();
  if (service.serviceDomain.length > 0 && !service.serviceDomain.some((domain) => domain.toLowerCase() === name))
    return false;
  return (
    service.servicePath.length === 0 || service.servicePath.some((wanted) => matches(service.pathType, wanted, path))
  );
}

function matches(type: PathType, wanted: string, path: string): boolean {
  switch (type) {
    case 'path_beg':
      return path.startsWith(wanted);
    case 'path':
      return path === wanted;
    case 'path_end':
      return path.endsWith(wanted);
    case 'path_sub':
      return path.includes(wanted);
    case 'path_dir':
      return `${path}/`.includes(`/${wanted.replace(/^\/|\/$/g, '')}/`);
    case 'path_reg':
      // An expression of a stranger could run for ever: only the plain ones are followed, the others match nothing.
      return /^\^?[\w/.-]*\$?$/.test(wanted) && new RegExp(wanted.replaceAll('.', '\\.')).test(path);
  }
}
