/** The leader's loop for cluster volumes. */
export { VolumeManager } from './volume-manager';
