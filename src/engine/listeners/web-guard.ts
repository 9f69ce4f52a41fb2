import type { IncomingHttpHeaders } from 'node:http';

const loopback = /^((?:[\w-]+\.)*localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/**
 * Why a request that came by TCP is refused: it is a web page's, or it asks a name that somebody pointed at this machine.
 * Undefined for those of programs. Browsers tell where a page is from, and programs have no reason to.
 */
export function foreignWhy(headers: IncomingHttpHeaders): string | undefined {
  if (headers.origin !== undefined) return 'requests of web pages are refused';
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'none') return 'requests of web pages are refused';
  if (!loopback.test(headers.host ?? '')) return `the host ${JSON.stringify(headers.host ?? '')} is not this machine`;
  return undefined;
}
