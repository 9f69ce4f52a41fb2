import type { DnsReply } from '../../../api';
import type { Distribution } from '../protocol';

/** What a reply amounts to in one word: its rcode, `NODATA` for an empty NOERROR, or `silence`. */
export function outcomeOf(reply: DnsReply): string {
  if (reply.silent) return 'silence';
  return reply.rcode === 'NOERROR' && reply.answers.length === 0 ? 'NODATA' : reply.rcode;
}

/** Counts the answers to one question asked again and again; the addresses that came first most often lead. */
export function distribute(replies: readonly DnsReply[]): Distribution {
  const addresses = new Map<string, { first: number; present: number }>();
  const others = new Map<string, number>();
  for (const reply of replies) {
    const data = reply.silent ? [] : reply.answers.map((answer) => answer.data);
    if (data.length === 0) others.set(outcomeOf(reply), (others.get(outcomeOf(reply)) ?? 0) + 1);
    data.forEach((address, index) => {
      const counts = addresses.get(address) ?? { first: 0, present: 0 };
      counts.present++;
      if (index === 0) counts.first++;
      addresses.set(address, counts);
    });
  }
  return {
    asked: replies.length,
    addresses: [...addresses]
      .map(([address, counts]) => ({ address, ...counts }))
      .sort((a, b) => b.first - a.first || (a.address < b.address ? -1 : 1)),
    others: [...others].map(([outcome, count]) => ({ outcome, count })),
  };
}
