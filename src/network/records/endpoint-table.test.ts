import { describe, expect, it } from 'vitest';
import type { EndpointRecord } from './endpoint-record';
import { EndpointTable } from './endpoint-table';

const record: EndpointRecord = {
  name: 'web.1.abc',
  containerID: 'c1',
  endpointIP: '10.0.1.3',
  taskAliases: [],
  serviceDisabled: false,
  serviceName: 'web',
  serviceID: 'web-id',
  virtualIP: '10.0.1.2',
  aliases: [],
  ingressPorts: [],
};
const spread = { lamport: 1, members: 1, era: 0 };

describe('the table of a network', () => {
  it('DISC-86: entries that came and went are not kept for an index that nobody asks for', () => {
    const table = new EndpointTable();
    const lasting = table.write('lasting', 0, record, 0, spread);
    for (let index = 1; index <= 1_000; index++) {
      const entry = table.write(`e${index}`, 0, record, index, spread);
      table.write(`e${index}`, 0, undefined, index, spread);
      table.unindex(entry);
      table.drop(entry);
    }
    expect(table.waiting).toBeLessThan(200);
    expect([...table.index.services('web')].flatMap(({ entries }) => [...entries])).toEqual([lasting]);
  });
});
