/** The scheduler: which node a task runs on, and why (SCHED-1 to SCHED-54). Not here: creating tasks, running them. */
export { Scheduler } from './scheduler';
