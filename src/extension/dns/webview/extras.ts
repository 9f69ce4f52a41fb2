/** Beside question and answer: the same question from every node, the watched name, and open resolvers. */
import type { Everywhere, FromPage, OpenResolver, Question, WatchLine } from '../protocol';
import { element, make, shortName } from './dom';

type Say = (key: string) => string;

export function showEverywhere(everywhere: Everywhere | undefined, say: Say): void {
  const place = element('everywhere');
  place.replaceChildren();
  if (!everywhere) return;
  const { question, at, answers } = everywhere;
  const table = make('table');
  const title = say('everyNode').replace('{0}', `${question.name} ${question.type}`);
  table.append(make('caption', '', `${title} · ${at}`));
  const head = make('tr');
  for (const key of ['node', 'askedBy', 'answer', 'learned']) {
    const cell = make('th', '', say(key));
    cell.scope = 'col';
    head.append(cell);
  }
  table.append(head);
  for (const { node, asker, answer, learned, differs } of answers) {
    const row = make('tr', differs ? 'differs' : '');
    const label = make('th', '', node);
    label.scope = 'row';
    const said = make('td', '', answer || '–');
    if (differs) said.append(make('span', 'badge', say('differs')));
    row.append(label, make('td', '', shortName(asker)), said, make('td', 'quiet', learned));
    table.append(row);
  }
  place.append(table);
}

export function showWatch(
  watch: { readonly question: Question; readonly lines: readonly WatchLine[] } | undefined,
  say: Say,
): void {
  element('watch-column').hidden = !watch;
  if (!watch) return;
  element('watched').textContent = `${watch.question.name} ${watch.question.type}. ${say('watching')}`;
  element('watch').replaceChildren(
    ...watch.lines.map(({ at, text, bad }) => {
      const line = make('li', bad ? 'miss' : 'hit');
      line.append(make('time', '', at), make('span', '', text));
      return line;
    }),
  );
}

export function showResolvers(resolvers: readonly OpenResolver[], say: Say, send: (message: FromPage) => void): void {
  const list = element('resolvers');
  list.hidden = resolvers.length === 0;
  list.setAttribute('aria-label', say('resolversTitle'));
  list.replaceChildren(
    ...resolvers.map(({ id, container, command }) => {
      const line = make('li');
      const button = (key: string, kind: 'copyResolver' | 'closeResolver') => {
        const made = make('button', 'small', say(key));
        made.type = 'button';
        made.setAttribute('aria-label', `${say(key)}: ${command}`);
        made.addEventListener('click', () => send({ kind, id }));
        return made;
      };
      const name = container.split(' · ').map(shortName).join(' · ');
      line.append(make('code', '', command), make('span', 'quiet', name));
      line.append(button('copy', 'copyResolver'), button('closeResolver', 'closeResolver'));
      return line;
    }),
  );
}
