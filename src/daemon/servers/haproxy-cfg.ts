import type { ProxyService } from './proxy-service';

const head = `global
    pidfile /var/run/haproxy.pid
    tune.ssl.default-dh-param 2048

resolvers docker
    nameserver dns 127.0.0.11:53

defaults
    mode http
    balance roundrobin
    option redispatch
    option dontlognull
    option http-server-close
    retries 3
    timeout connect 5s
    timeout client 20s
    timeout server 20s
    timeout queue 30s
    timeout http-request 5s
    timeout http-keep-alive 15s
    default-server init-addr last,libc,none
`;

/** The file that a real haproxy would be given: services in the order of their ACLs' names. */
export function haproxyConfig(services: readonly ProxyService[]): string {
  const ordered = inOrder(services);
  const ports = [80, 443, ...new Set(ordered.map((service) => service.srcPort).filter((port) => port > 0))];
  const binds = [...new Set(ports)].map((port) => `    bind *:${port}`);
  const rules = ordered.flatMap((service) => {
    const name = service.aclName;
    const conditions: string[] = [];
    const lines: string[] = [];
    const add = (acl: string, test: string) => {
      lines.push(`    acl ${acl}_${name} ${test}`);
      conditions.push(`${acl}_${name}`);
    };
    if (service.servicePath.length > 0) add('url', `${service.pathType} ${service.servicePath.join(' ')}`);
    if (service.serviceDomain.length > 0) add('domain', `hdr(host) -i ${service.serviceDomain.join(' ')}`);
    if (service.srcPort > 0) add('port', `dst_port ${service.srcPort}`);
    return [...lines, `    use_backend ${service.serviceName}-be if ${conditions.join(' ')}`];
  });
  const backends = ordered.map(
    (service) => `
backend ${service.serviceName}-be
    mode http
    server ${service.serviceName} ${service.outboundHostname}:${service.port} resolvers docker
`,
  );
  return `${head}\nfrontend services\n${[...binds, '    mode http', ...rules].join('\n')}\n${backends.join('')}`;
}

/** The first service in this order that serves a request gets it. */
export function inOrder(services: readonly ProxyService[]): ProxyService[] {
  return [...services].sort((a, b) => (a.aclName < b.aclName ? -1 : a.aclName > b.aclName ? 1 : 0));
}
