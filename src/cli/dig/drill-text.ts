import type { DnsRecord, DnsReply } from '../../api';

/** What `drill` prints for a reply, as ldns lays it out. `when` is the present in microseconds since the epoch. */
export function drillText(reply: DnsReply, when: number, options: { readonly queryTime?: number } = {}): string {
  if (reply.silent) return 'Error: error sending query: Could not send or receive, because of network error\n';
  const { qr, aa, tc, rd, ra } = reply.flags;
  const flags = Object.entries({ qr, aa, tc, rd, ra }).flatMap(([name, set]) => (set ? [name] : []));
  const lines = [
    `;; ->>HEADER<<- opcode: QUERY, rcode: ${reply.rcode}, id: ${reply.id}`,
    `;; flags: ${flags.join(' ')} ; QUERY: 1, ANSWER: ${reply.answers.length}, AUTHORITY: ${reply.authority.length}, ADDITIONAL: 0 `,
    ';; QUESTION SECTION:',
    `;; ${reply.question.name}\tIN\t${reply.question.type}`,
    '',
    ';; ANSWER SECTION:',
    ...reply.answers.map(recordLine),
    '',
    ';; AUTHORITY SECTION:',
    ...reply.authority.map(recordLine),
    '',
    ';; ADDITIONAL SECTION:',
    '',
    `;; Query time: ${options.queryTime ?? 0} msec`,
    `;; SERVER: ${reply.server}`,
    `;; WHEN: ${clock(when)}`,
    `;; MSG SIZE  rcvd: ${reply.size}`,
    '',
  ];
  return lines.join('\n');
}

/** drill's exit status for a reply. */
export function drillStatus(reply: DnsReply): number {
  return reply.silent ? 1 : 0;
}

function recordLine(record: DnsRecord): string {
  return `${record.name}\t${record.ttl}\tIN\t${record.type}\t${record.data}`;
}

/** `Tue Nov 24 14:20:43 2026`. */
function clock(when: number): string {
  const [day, date, month, year, time] = new Date(Math.floor(when / 1_000)).toUTCString().replace(',', '').split(' ');
  return `${day} ${month} ${String(Number(date)).padStart(2, ' ')} ${time} ${year}`;
}
