import type { DnsReply } from '../../api';

/**
 * What busybox's `nslookup` prints for its replies: A and AAAA of a name (of each name that the search list makes of
 * it), or PTR of an address. Names that have nothing come last, once an other one had something.
 */
export function nslookupText(replies: readonly DnsReply[]): string {
  const server = replies[0]?.server ?? '';
  const heading = `Server:\t\t${server}\nAddress:\t${server}:53\n\n`;
  const heard = replies.filter((reply) => !reply.silent);
  if (heard.length === 0) return `${heading};; connection timed out; no servers could be reached\n\n`;
  const answered = new Set(heard.filter((reply) => reply.answers.length > 0).map((reply) => reply.question.name));
  const blocks: string[] = [];
  const missing: string[] = [];
  for (const reply of replies) {
    const name = plain(reply.question.name);
    if (reply.silent) missing.push(`*** Can't find ${name}: No answer\n`);
    else if (reply.rcode !== 'NOERROR') blocks.push(`** server can't find ${name}: ${reply.rcode}\n\n`);
    else if (reply.answers.length > 0 || answered.has(reply.question.name)) blocks.push(found(reply));
    else missing.push(`*** Can't find ${name}: No answer\n`);
  }
  const rest = missing.length > 0 ? `${missing.join('')}\n` : '';
  return `${heading}${blocks.join('')}${rest}`;
}

/** 1 unless some reply had records. */
export function nslookupStatus(replies: readonly DnsReply[]): number {
  return replies.some((reply) => reply.answers.length > 0) ? 0 : 1;
}

function found(reply: DnsReply): string {
  const lines = reply.answers.map((record) =>
    record.type === 'PTR'
      ? `${plain(record.name)}\tname = ${plain(record.data)}\n`
      : `Name:\t${plain(record.name)}\nAddress: ${record.data}\n`,
  );
  return `Non-authoritative answer:\n${lines.join('')}\n`;
}

function plain(name: string): string {
  return name.endsWith('.') && name !== '.' ? name.slice(0, -1) : name;
}
