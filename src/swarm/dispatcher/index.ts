/** The dispatcher: what the managers and the nodes' agents say to each other (ORCH-101 to 108, 124). */
export { sessionBackoff } from './backoff';
export { Dispatcher } from './dispatcher';
export * from './ports';
