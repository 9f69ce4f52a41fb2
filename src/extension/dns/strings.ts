import { t } from '../model/l10n';

/** The page's texts in the person's language. */
export function pageStrings(): Record<string, string> {
  return {
    question: t('DNS question'),
    from: t('Ask from'),
    name: t('Name'),
    type: t('Type'),
    ask: t('Ask'),
    times: t('Times'),
    askMany: t('Ask many times'),
    cancel: t('Cancel'),
    answer: t('Answer'),
    trace: t('How the lookup went'),
    history: t('History'),
    clear: t('Clear'),
    again: t('Ask again'),
    nothingYet: t('Choose a container, type a name and ask.'),
    nameMissing: t('Type a name first.'),
    noContainers: t('no running container'),
    distribution: t('{0} answers', '{0}'),
    address: t('Address'),
    cameFirst: t('came first'),
    inAnswers: t('in answers'),
  };
}
