import { millisecond, minute, second } from '../../sim';

/** memberlist's LAN numbers and NetworkDB's (DISC-82 … DISC-104), in microseconds where they are durations. */
export const gossipInterval = 200 * millisecond;
export const gossipNodes = 3;
export const retransmitMultiplier = 4;
export const probeInterval = second;
export const suspicionMultiplier = 4;
export const suspicionMaxMultiplier = 6;
export const awarenessMax = 8;
/** A failed node is tried again this often (DISC-87). */
export const reconnectInterval = second;
/** Life of a tombstone (DISC-86). */
export const reapEntryInterval = 30 * minute;
/** Every node syncs with one random member this often (DISC-83). */
export const syncInterval = 30 * second;
/** How long a packet and its handling take. */
export const packetTime = 300;
/** A bulk sync of a joining node: some round trips by TCP (DISC-84). */
export const bulkSyncTime = 20 * millisecond;

/** How often a message is sent on in a network of `members` nodes: 4·⌈log10(n+1)⌉ (DISC-82). */
export function retransmissions(members: number): number {
  return retransmitMultiplier * Math.ceil(Math.log10(members + 1));
}
