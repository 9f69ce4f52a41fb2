import { describe, expect, it } from 'vitest';
import { exec, run, testNode } from '../testing/node';

/** Output of dig in a container beside one called `web`, whose address is 172.17.0.2. */
function dig(...words: string[]) {
  const { daemon } = testNode();
  run(daemon, 'nginx', [], {}, {}, 'web');
  const util = run(daemon, 'alpine', ['sleep', '1000000000']);
  exec(daemon, util, ['apk', 'add', 'bind-tools']);
  return exec(daemon, util, ['dig', ...words]);
}

describe('dig', () => {
  it('TALK-8: columns are those of tabs, and one blank where a name is too long for them', () => {
    expect(dig('web').out).toContain(';web.\t\t\t\tIN\tA\n');
    expect(dig('web').out).toContain('web.\t\t\t600\tIN\tA\t172.17.0.2\n');
    expect(dig('-x', '10.0.1.16').out).toContain(';16.1.0.10.in-addr.arpa.\t\tIN\tPTR\n');
    expect(dig('web.1.v64hylp810sh4zqb91h177iug').out).toContain(';web.1.v64hylp810sh4zqb91h177iug. IN\tA\n');
  });

  it('TALK-8: +noall +answer leaves the records alone', () => {
    expect(dig('+noall', '+answer', 'web').out).toBe('web.\t\t\t600\tIN\tA\t172.17.0.2\n');
    expect(dig('+short', 'web').out).toBe('172.17.0.2\n');
  });

  it('TALK-8: a word after -c is a further name, and the class is shown as asked', () => {
    const { out } = dig('-c', 'CH', 'web', 'A');
    expect(out).toContain(';web.\t\t\t\tCH\tA\n');
    expect(out).toContain(';A.\t\t\t\tCH\tA\n');
    expect(out.match(/malformed message packet/g)).toHaveLength(1);
    expect(out.match(/DiG 9/g)).toHaveLength(1);
    expect(dig('-c', 'ANY', 'web').out).not.toContain('malformed');
  });

  it('DISC-16: a name and its type may come in either order, and ANY is asked over TCP', () => {
    expect(dig('web', 'AAAA').out).toContain(';web.\t\t\t\tIN\tAAAA\n');
    expect(dig('AAAA', 'web').out).toContain(';web.\t\t\t\tIN\tAAAA\n');
    expect(dig('web', 'ANY').out).toContain('127.0.0.11#53(127.0.0.11) (TCP)');
  });

  it('DISC-16: opcodes that the resolver does not know come back as a bare header', () => {
    const { out } = dig('+opcode=update', 'web');
    expect(out).toContain('opcode: UPDATE, status: NOTIMP');
    expect(out).toContain('flags: qr rd ad; QUERY: 0, ANSWER: 0');
    expect(out).toContain('MSG SIZE  rcvd: 12');
    expect(out).toContain("retry with '+noedns'");
    expect(dig('+opcode=1', '+noedns', 'web').out).not.toContain("+noedns'\n");
    expect(dig('+opcode=notify', 'web').out).toContain('opcode: NOTIFY, status: NOERROR');
  });

  it('DISC-15: IPv6 addresses are asked for backwards, digit by digit', () => {
    expect(dig('-x', 'fe80::1').out).toContain(`;1.${'0.'.repeat(28)}8.e.f.ip6.arpa. IN PTR\n`);
  });

  it('a label that is too long is refused before anybody is asked', () => {
    expect(dig('a'.repeat(64))).toMatchObject({ code: 10 });
  });
});
