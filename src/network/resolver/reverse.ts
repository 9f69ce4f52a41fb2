import { addressOfReverse, isReverseName } from '../address';
import type { Link } from './query';
import { failure, local, localTtl } from './query';

const longestLabel = 63;

/** PTR: `<container>.<network>.` of an address in one of the container's networks (DISC-15, DISC-56). */
export const reverse: Link = (query) => {
  if (query.type !== 'PTR') return undefined;
  const { profile, networks } = query.context;
  if (!isReverseName(query.question)) return profile.silentOnForeignPtr ? failure('silence') : undefined;
  const address = addressOfReverse(query.question);
  if (address === undefined) return undefined;
  for (const network of networks) {
    const pointer = network.records?.reverse(address);
    if (!pointer) {
      query.trace?.push({
        hop: 'network',
        network: network.name,
        name: address,
        hit: false,
        why: 'no container has it',
      });
      continue;
    }
    const data = `${pointer.name}.${network.name}.`;
    query.trace?.push({ hop: 'network', network: network.name, name: address, hit: true });
    query.trace?.push({
      hop: 'record',
      network: network.name,
      name: address,
      kind: 'pointer',
      records: [
        {
          address: data,
          owner: pointer.owner,
          learnedFrom: query.context.nodeName(pointer.learnedFrom),
          since: query.context.timestamp(pointer.since),
        },
      ],
    });
    // Such a reply cannot be packed (DISC-15, DISC-17).
    if (data.split('.').some((label) => label.length > longestLabel)) return failure(profile.noUpstreamAnswer);
    return local([{ name: query.question, type: 'PTR', ttl: localTtl, data }]);
  }
  return undefined;
};
