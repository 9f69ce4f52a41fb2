import { clientPrograms } from './clients';
import { curl } from './curl';
import { arp, ifconfig, netstat, route } from './ifconfig';
import { ip } from './ip';
import { nc } from './nc';
import { apk, apt, dpkg } from './packages';
import { ping } from './ping';
import type { Program } from './process';
import { telnet } from './telnet';
import { traceroute } from './traceroute';
import { wget } from './wget';

/** Programs that use or show the network. */
export const networkPrograms: Readonly<Record<string, Program>> = {
  ping,
  curl,
  wget,
  ip,
  ifconfig,
  route,
  arp,
  netstat,
  nc,
  telnet,
  traceroute,
  apk,
  'apt-get': apt,
  apt,
  dpkg,
  ...clientPrograms,
};
