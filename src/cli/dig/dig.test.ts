import { describe, expect, it } from 'vitest';
import type { DnsRecord, DnsReply } from '../../api';
import { digStatus, digText, drillStatus, drillText, nslookupStatus, nslookupText } from '.';

const when = Date.UTC(2026, 10, 24, 14, 19, 50) * 1_000;

function reply(name: string, type: string, answers: readonly DnsRecord[], change: Partial<DnsReply> = {}): DnsReply {
  return {
    id: 4604,
    silent: false,
    rcode: 'NOERROR',
    flags: { qr: true, aa: false, tc: false, rd: true, ra: true },
    question: { name, type },
    answers,
    authority: [],
    size: 40,
    server: '127.0.0.11',
    ...change,
  };
}

function a(name: string, data: string, type = 'A', ttl = 600): DnsRecord {
  return { name, type, ttl, data };
}

const rootAuthority: DnsRecord = { name: '.', type: 'SOA', ttl: 900, data: 'a.root. h.root. 1 1800 900 604800 86400' };
const web = reply('web.', 'A', [a('web.', '10.0.1.2')]);
const nosuch = reply('nosuch.', 'A', [], {
  rcode: 'NXDOMAIN',
  authority: [rootAuthority],
  size: 82,
  edns: { udpSize: 8192 },
});

describe('dig', () => {
  it('prints a local answer as dig 9.18 does', () => {
    expect(digText(web, when, { args: 'web' })).toBe(`
; <<>> DiG 9.18.49-1~deb12u3-Debian <<>> web
;; global options: +cmd
;; Got answer:
;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 4604
;; flags: qr rd ra; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 0

;; QUESTION SECTION:
;web.\t\t\t\tIN\tA

;; ANSWER SECTION:
web.\t\t\t600\tIN\tA\t10.0.1.2

;; Query time: 0 msec
;; SERVER: 127.0.0.11#53(127.0.0.11) (UDP)
;; WHEN: Tue Nov 24 14:19:50 UTC 2026
;; MSG SIZE  rcvd: 40

`);
  });

  it('prints an upstream’s refusal with its OPT and authority', () => {
    expect(digText(nosuch, when, { args: 'nosuch', queryTime: 4, tcp: true })).toBe(`
; <<>> DiG 9.18.49-1~deb12u3-Debian <<>> nosuch
;; global options: +cmd
;; Got answer:
;; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 4604
;; flags: qr rd ra; QUERY: 1, ANSWER: 0, AUTHORITY: 1, ADDITIONAL: 1

;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags:; udp: 8192
;; QUESTION SECTION:
;nosuch.\t\t\t\tIN\tA

;; AUTHORITY SECTION:
.\t\t\t900\tIN\tSOA\ta.root. h.root. 1 1800 900 604800 86400

;; Query time: 4 msec
;; SERVER: 127.0.0.11#53(127.0.0.11) (TCP)
;; WHEN: Tue Nov 24 14:19:50 UTC 2026
;; MSG SIZE  rcvd: 82

`);
  });

  it('prints an empty answer without an answer section', () => {
    const text = digText(reply('web.', 'AAAA', [], { size: 21 }), when, { args: 'web AAAA' });
    expect(text).toContain(';web.\t\t\t\tIN\tAAAA\n\n;; Query time: 0 msec\n');
  });

  it.each([
    ['tasks.web.', ';tasks.web.\t\t\tIN\tA', 'tasks.web.\t\t600\tIN\tA\t10.0.1.4'],
    ['www.example.test.', ';www.example.test.\t\tIN\tA', 'www.example.test.\t600\tIN\tA\t10.0.1.4'],
    ['3.0.18.172.in-addr.arpa.', ';3.0.18.172.in-addr.arpa.\tIN\tA', '3.0.18.172.in-addr.arpa. 600\tIN\tA\t10.0.1.4'],
  ])('aligns the columns of %s', (name, question, answer) => {
    const text = digText(reply(name, 'A', [a(name, '10.0.1.4')]), when, { args: name });
    expect(text.split('\n')).toEqual(expect.arrayContaining([question, answer]));
  });

  it('has single blanks after a name that is longer than its column', () => {
    const name = `${'1.'.repeat(32)}ip6.arpa.`;
    expect(digText(reply(name, 'PTR', []), when, { args: `-x ::1` })).toContain(`\n;${name} IN PTR\n`);
  });

  it('+short prints data alone, +noall +answer the records alone', () => {
    const both = reply('both.', 'A', [a('both.', '172.18.0.3'), a('both.', '172.18.0.4')]);
    expect(digText(both, when, { args: '+short both', short: true })).toBe('172.18.0.3\n172.18.0.4\n');
    expect(digText(web, when, { args: '', answerOnly: true })).toBe('web.\t\t\t600\tIN\tA\t10.0.1.2\n');
  });

  it('gives up after three tries, with status 9', () => {
    const silent = reply('foo.local.', 'A', [], { silent: true });
    expect(digText(silent, when, { args: 'foo.local' })).toBe(
      `${';; communications error to 127.0.0.11#53: timed out\n'.repeat(3)}
; <<>> DiG 9.18.49-1~deb12u3-Debian <<>> foo.local
;; global options: +cmd
;; no servers could be reached
`,
    );
    expect(digText(silent, when, { args: '', tries: 1, answerOnly: true })).toBe(
      ';; communications error to 127.0.0.11#53: timed out\n;; no servers could be reached\n',
    );
    expect([digStatus(silent), digStatus(nosuch)]).toEqual([9, 0]);
  });

  it('shows the flags that are set', () => {
    const flags = { qr: true, aa: false, tc: true, rd: false, ra: true };
    expect(digText(reply('web.', 'A', [], { flags }), when, { args: 'web' })).toContain(';; flags: qr tc ra; QUERY: 1');
  });
});

describe('drill', () => {
  it('prints all sections, empty or not', () => {
    expect(drillText(web, when)).toBe(`;; ->>HEADER<<- opcode: QUERY, rcode: NOERROR, id: 4604
;; flags: qr rd ra ; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 0 
;; QUESTION SECTION:
;; web.\tIN\tA

;; ANSWER SECTION:
web.\t600\tIN\tA\t10.0.1.2

;; AUTHORITY SECTION:

;; ADDITIONAL SECTION:

;; Query time: 0 msec
;; SERVER: 127.0.0.11
;; WHEN: Tue Nov 24 14:19:50 2026
;; MSG SIZE  rcvd: 40
`);
    expect(drillText(nosuch, when)).toContain(
      ';; ANSWER SECTION:\n\n;; AUTHORITY SECTION:\n.\t900\tIN\tSOA\ta.root. h.root. 1 1800 900 604800 86400\n',
    );
    expect([drillStatus(web), drillStatus(reply('x.', 'A', [], { silent: true }))]).toEqual([0, 1]);
  });
});

describe('nslookup', () => {
  it('prints the A and the AAAA reply of a name', () => {
    const six = reply('web.', 'AAAA', []);
    expect(nslookupText([web, six])).toBe(
      'Server:\t\t127.0.0.11\nAddress:\t127.0.0.11:53\n\nNon-authoritative answer:\nName:\tweb\nAddress: 10.0.1.2\n\n' +
        'Non-authoritative answer:\n\n',
    );
    expect(nslookupStatus([web, six])).toBe(0);
  });

  it('says of each reply that the name is not there', () => {
    const six = { ...nosuch, question: { name: 'nosuch.', type: 'AAAA' } };
    expect(nslookupText([nosuch, six])).toBe(
      "Server:\t\t127.0.0.11\nAddress:\t127.0.0.11:53\n\n** server can't find nosuch: NXDOMAIN\n\n** server can't find nosuch: NXDOMAIN\n\n",
    );
    expect(nslookupStatus([nosuch, six])).toBe(1);
  });

  it('puts names of the search list without an answer last', () => {
    const found = [reply('c2.br.', 'A', [a('c2.br.', '172.18.0.3')]), reply('c2.br.', 'AAAA', [])];
    const mute = ['A', 'AAAA'].map((type) => reply('c2.corp.test.', type, [], { silent: true }));
    expect(nslookupText([...mute, ...found])).toBe(
      'Server:\t\t127.0.0.11\nAddress:\t127.0.0.11:53\n\nNon-authoritative answer:\nName:\tc2.br\nAddress: 172.18.0.3\n\n' +
        "Non-authoritative answer:\n\n*** Can't find c2.corp.test: No answer\n*** Can't find c2.corp.test: No answer\n\n",
    );
  });
});
