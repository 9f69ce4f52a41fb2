import { t } from './l10n';

/** What can be done about a refusal: a sentence, and a command that does it. */
export interface Advice {
  readonly text: string;
  readonly command?: { readonly title: string; readonly id: string };
}

interface Rule {
  readonly match: RegExp;
  readonly advice: () => Advice;
}

/** Docker's texts, and what a person does next. The first match counts. */
const rules: readonly Rule[] = [
  {
    match: /update out of sequence/,
    advice: () => ({ text: t('Something else changed it in the meantime. Look at it again and repeat the change.') }),
  },
  {
    match: /name conflicts with an existing object|already exists/,
    advice: () => ({ text: t('Choose another name, or remove the other one first.') }),
  },
  {
    match: /is already in use by service/,
    advice: () => ({ text: t('Publish another port, or take the port from the other service first.') }),
  },
  {
    match: /network .* is in use by (service|task)/,
    advice: () => ({ text: t('Take the services off the network, or remove them, then try again.') }),
  },
  {
    match: /ingress network cannot be removed/,
    advice: () => ({ text: t('Services that publish ports need the routing mesh. Unpublish their ports first.') }),
  },
  {
    match: /not a swarm manager|not part of a swarm/,
    advice: () => ({
      text: t('Create a swarm first.'),
      command: { title: t('Create a Swarm'), id: 'swarmscope.initSwarm' },
    }),
  },
  {
    match: /attempting to demote the last manager/,
    advice: () => ({ text: t('Promote another node first: a swarm cannot be without a manager.') }),
  },
  {
    match: /loss of quorum/,
    advice: () => ({ text: t('Bring more managers up, or promote another node first.') }),
  },
  {
    match: /must be demoted to worker before removal/,
    advice: () => ({ text: t('Demote the node first, then remove it.') }),
  },
  {
    match: /is not down and can't be removed/,
    advice: () => ({ text: t('Power the node off, or remove it with force.') }),
  },
  {
    match: /does not have a previous spec/,
    advice: () => ({ text: t('The service was never updated, so there is nothing to go back to.') }),
  },
  {
    match: /service update paused|service rollback paused/,
    advice: () => ({ text: t('Look at the tasks that failed, then update again to go on, or roll back.') }),
  },
  {
    match: /invalid CIDR address/,
    advice: () => ({ text: t('Add the prefix length, such as 10.0.3.0/24.') }),
  },
  {
    match: /Cannot connect to the Docker daemon/,
    advice: () => ({ text: t('The node is switched off, or there is none of that name. Power it on.') }),
  },
  {
    match: /^(service|node|task|network) .* not found$|no such service/i,
    advice: () => ({ text: t('It is gone; the trees show what is there now.') }),
  },
];

/** What to do next about a message of the engine, if that is known. */
export function adviceFor(message: string): Advice | undefined {
  return rules.find(({ match }) => match.test(message))?.advice();
}
