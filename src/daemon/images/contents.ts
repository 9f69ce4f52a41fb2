import type { ImageDefinition } from './definition';

const busybox =
  'sh ash sleep echo printf true false test [ cat hostname env printenv touch rm mkdir ls pwd id whoami date uname head tail grep wc seq yes ping nslookup wget ip ' +
  'ps kill killall top sed awk sort uniq cut tr xargs find tar gzip gunzip nc netstat ifconfig route chmod chown cp mv ln df du free mount umount httpd telnet traceroute watch which expr tee dirname basename md5sum sha256sum ' +
  'sha1sum base64 cmp comm cp diff egrep fgrep expand fold head hexdump join less more mktemp nl nproc od paste pgrep pkill pidof readlink realpath rev rmdir split stat strings sync tac timeout time truncate unexpand uptime usleep who clear arch cksum nohup tty dmesg unlink printenv resize reset xxd dd arp chgrp';
const debian =
  'sh dash bash sleep echo printf true false test [ cat hostname env printenv touch rm mkdir ls pwd id whoami date uname head tail grep wc seq yes getent apt-get apt dpkg ' +
  'sed awk sort uniq cut tr xargs find tar gzip gunzip chmod chown cp mv ln df du mount umount which expr tee dirname basename md5sum sha256sum perl ' +
  'sha1sum base64 cmp comm diff egrep fgrep expand fold join mktemp nl nproc od paste readlink realpath rev rmdir split stat sync tac timeout truncate unexpand uptime who clear arch cksum nohup tty dmesg unlink chmod dd chgrp hostname';

const baseTools: Readonly<Record<ImageDefinition['base'], readonly string[]>> = {
  busybox: [...busybox.split(' '), 'getent'],
  alpine: [...busybox.split(' '), 'getent', 'apk'],
  debian: debian.split(' '),
  scratch: [],
};

const baseFiles: Readonly<Record<ImageDefinition['base'], Readonly<Record<string, string>>>> = {
  busybox: { '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\n' },
  alpine: {
    '/etc/alpine-release': '3.21.3\n',
    '/etc/os-release': 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.21.3\nPRETTY_NAME="Alpine Linux v3.21"\n',
    '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\n',
  },
  debian: {
    '/etc/debian_version': '12.10\n',
    '/etc/os-release':
      'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n',
    '/etc/passwd': 'root:x:0:0:root:/root:/bin/bash\n',
  },
  scratch: {},
};

const folders = ['/tmp', '/root', '/var/log', '/etc', '/usr/bin', '/bin'];

interface Contents {
  readonly tools: ReadonlySet<string>;
  readonly files: ReadonlyMap<string, string>;
  /** As in a container's configuration. */
  readonly exposedPorts: Readonly<Record<string, Readonly<Record<string, never>>>> | undefined;
}

const known = new WeakMap<ImageDefinition, Contents>();

/** Programs and files of an image; made once for all containers of it. */
export function contentsOf(definition: ImageDefinition): Contents {
  let contents = known.get(definition);
  if (!contents) {
    const own = [...(definition.entrypoint ?? []), ...(definition.command ?? [])].slice(0, 1);
    const tools = new Set([...baseTools[definition.base], ...(definition.tools ?? [])]);
    for (const command of own) tools.add(command.slice(command.lastIndexOf('/') + 1));
    const files = new Map(Object.entries({ ...baseFiles[definition.base], ...definition.files }));
    // A folder is there when something is in it.
    if (definition.base !== 'scratch') for (const folder of folders) files.set(`${folder}/`, '');
    const ports = definition.exposedPorts;
    contents = { tools, files, exposedPorts: ports && Object.fromEntries(ports.map((port) => [port, {}])) };
    known.set(definition, contents);
  }
  return contents;
}

const inBin = new Set(
  'arch ash base64 busybox cat chmod chown cp date dd df dmesg dumpkmap echo ed egrep false fgrep fsync getopt grep gunzip gzip hostname kill link linux32 ln ls mkdir mknod mktemp more mount mv netstat nice pidof ping printenv ps pwd rev rm rmdir sed setpriv setserial sh sleep stat stty su sync tar touch true umount uname usleep watch zcat'.split(
    ' ',
  ),
);
const inSbin = new Set(
  'apk arp ifconfig ip ipaddr iplink iproute route losetup modprobe reboot poweroff halt'.split(' '),
);

/** Path of a program in a container of an image. */
export function placeOf(name: string, { base }: ImageDefinition): string {
  if (base === 'busybox') return `/bin/${name}`;
  if (base === 'debian') return inBin.has(name) ? `/bin/${name}` : `/usr/bin/${name}`;
  if (inSbin.has(name)) return `/sbin/${name}`;
  return inBin.has(name) ? `/bin/${name}` : `/usr/bin/${name}`;
}
