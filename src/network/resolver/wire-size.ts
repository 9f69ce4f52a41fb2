import type { DnsRecord } from '../../api';

const header = 12;
/** Type, class, TTL and length of a record. */
const fixed = 10;
const pointer = 2;
/** An OPT record without options. */
export const optSize = 11;

/** Octets of a name on the wire, uncompressed. */
export function nameSize(name: string): number {
  const plain = name.endsWith('.') ? name.slice(0, -1) : name;
  return plain === '' ? 1 : plain.length + 2;
}

/** Size of a message with a question alone. */
export function questionSize(name: string): number {
  return header + nameSize(name) + 4;
}

/** Size of a record, without compression (as the embedded DNS writes it). */
export function recordSize(record: DnsRecord): number {
  return nameSize(record.name) + fixed + dataSize(record);
}

function dataSize({ type, data }: DnsRecord): number {
  switch (type) {
    case 'A':
      return 4;
    case 'AAAA':
      return 16;
    case 'MX':
      return 2 + nameSize(data.split(' ')[1] ?? '');
    case 'SRV':
      return 6 + nameSize(data.split(' ')[3] ?? '');
    case 'SOA': {
      const [primary = '', mailbox = ''] = data.split(' ');
      return nameSize(primary) + nameSize(mailbox) + 20;
    }
    case 'TXT':
      return data.replace(/^"|"$/g, '').length + 1;
    default:
      return nameSize(data);
  }
}

/** Size of an upstream's message: owner names and mail hosts that end in the question's name are compressed. */
export function compressedSize(question: string, records: readonly DnsRecord[], edns: boolean): number {
  let size = questionSize(question) + (edns ? optSize : 0);
  const asked = question.toLowerCase();
  for (const record of records) {
    size += recordSize(record);
    if (record.name.toLowerCase() === asked && asked !== '.') size -= nameSize(record.name) - pointer;
    const target = record.type === 'MX' ? (record.data.split(' ')[1] ?? '') : '';
    if (asked !== '.' && target.toLowerCase().endsWith(`.${asked}`)) size -= nameSize(asked) - pointer;
  }
  return size;
}
