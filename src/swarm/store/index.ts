/** The managers' store: the only thing that control loops share. Not here: what objects mean. */
export { StoreError } from './errors';
export { type Change, type NewObject, Store, slotKey, type Transaction, type Watch } from './store';
