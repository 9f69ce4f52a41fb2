/** The DNS panel's page: a form, the answer as dig prints it, the trace beside it, and the history. */
import type { Answer, Asker, Distribution, FromPage, Question, ToPage } from '../protocol';
import { element, make, shortName } from './dom';
import { showEverywhere, showResolvers, showWatch } from './extras';
import './style.css';

declare function acquireVsCodeApi(): { postMessage(message: FromPage): void };

const vscode = acquireVsCodeApi();
const send = (message: FromPage): void => vscode.postMessage(message);

const form = element<HTMLFormElement>('form');
const from = element<HTMLSelectElement>('from');
const name = element<HTMLInputElement>('name');
const type = element<HTMLSelectElement>('type');
const times = element<HTMLInputElement>('times');
const askMany = element<HTMLButtonElement>('ask-many');
const cache = element<HTMLSelectElement>('cache');
const watchToggle = element<HTMLButtonElement>('watch-toggle');
const note = element<HTMLElement>('note');
const cancel = element<HTMLButtonElement>('cancel');
const status = element<HTMLElement>('status');
const summary = element<HTMLElement>('summary');
const answerText = element<HTMLElement>('answer');
const trace = element<HTMLOListElement>('trace');
const spread = element<HTMLElement>('spread');
const history = element<HTMLElement>('history');

let strings: Readonly<Record<string, string>> = {};
let answers: readonly Answer[] = [];
let shown = 0;
/** What the lists were last made of: they are made anew only when that changes, so that focus and selection stay. */
let drawn = { askers: '', history: '', extras: '' };
const say = (key: string): string => strings[key] ?? key;

/** Sends what the form says, once it has a name. */
function sendQuestion(kind: Extract<FromPage, { question: Question }>['kind'], count = 1): void {
  if (!name.value.trim() && kind !== 'openResolver') {
    name.focus();
    status.textContent = say('nameMissing');
    return;
  }
  const kept = cache.value as Question['cache'];
  send({ kind, question: { from: from.value, name: name.value, type: type.value, times: count, cache: kept } });
}

function showAskers(askers: readonly Asker[], selected: string): void {
  // What the person chose stays while it exists, whatever was on its way when they chose.
  const chosen = askers.some((asker) => asker.id === from.value) ? from.value : selected;
  const groups = new Map<string, HTMLOptGroupElement>();
  for (const asker of askers) {
    let group = groups.get(asker.node);
    if (!group) {
      group = make('optgroup');
      group.label = asker.node;
      groups.set(asker.node, group);
    }
    const option = make('option', '', `${shortName(asker.name)} · ${asker.node}`);
    option.value = asker.id;
    option.title = [asker.name, ...asker.networks].join(', ');
    group.append(option);
  }
  from.replaceChildren(...groups.values());
  if (askers.length === 0) from.append(make('option', '', say('noContainers')));
  from.disabled = askers.length === 0;
  if (chosen) from.value = chosen;
}

function showDistribution(distribution: Distribution | undefined): void {
  spread.replaceChildren();
  if (!distribution) return;
  const table = make('table');
  table.append(make('caption', '', say('distribution').replace('{0}', String(distribution.asked))));
  const head = make('tr');
  for (const key of ['address', 'cameFirst', 'inAnswers']) {
    const cell = make('th', '', say(key));
    cell.scope = 'col';
    head.append(cell);
  }
  table.append(head);
  for (const { address, first, present } of distribution.addresses) {
    const row = make('tr');
    const label = make('th', '', address);
    label.scope = 'row';
    const bar = make('td', 'bar');
    const meter = make('span', 'fill');
    meter.style.width = `${(100 * first) / distribution.asked}%`;
    bar.append(meter, make('span', 'count', `${first} (${Math.round((100 * first) / distribution.asked)} %)`));
    row.append(label, bar, make('td', '', String(present)));
    table.append(row);
  }
  for (const { outcome, count } of distribution.others) {
    const row = make('tr');
    row.append(make('th', '', outcome), make('td', '', String(count)), make('td'));
    table.append(row);
  }
  spread.append(table);
}

function showAnswer(index: number): void {
  shown = index;
  const answer = answers[index];
  answerText.textContent = answer ? answer.text : say('nothingYet');
  const last = answer?.trace.at(-1);
  summary.hidden = !last;
  summary.className = last?.outcome ?? '';
  summary.textContent = answer && last ? `${answer.question.name} ${answer.question.type}: ${last.detail}` : '';
  note.hidden = !answer?.note;
  note.className = answer?.stale ? 'stale' : '';
  note.textContent = answer?.note ?? '';
  trace.replaceChildren();
  let place = '';
  for (const line of answer?.trace ?? []) {
    // A heading stands where the way comes to another place (TALK-8).
    if (line.place && line.place !== place) trace.append(make('li', 'place', line.place));
    place = line.place ?? place;
    const item = make('li', line.outcome);
    item.append(make('strong', '', line.title), make('span', '', line.detail));
    trace.append(item);
  }
  showDistribution(answer?.distribution);
  for (const [position, button] of [...history.querySelectorAll('button.entry')].entries()) {
    button.setAttribute('aria-current', String(position === index));
  }
}

function showHistory(): void {
  history.replaceChildren();
  for (const [index, answer] of answers.entries()) {
    const row = make('li');
    const entry = make('button', 'entry');
    entry.append(
      make('span', `outcome ${answer.outcome === 'NOERROR' ? 'good' : 'bad'}`, answer.outcome),
      make('span', 'what', `${answer.question.name} ${answer.question.type}`),
      make('span', 'who', shortName(answer.asker)),
    );
    entry.addEventListener('click', () => {
      showAnswer(index);
      fill(answer.question.from, answer.question.name, answer.question.type);
    });
    const again = make('button', 'again', '↻');
    again.title = say('again');
    again.setAttribute('aria-label', `${say('again')}: ${answer.question.name}`);
    again.addEventListener('click', () => {
      fill(answer.question.from, answer.question.name, answer.question.type);
      send({ kind: 'ask', question: answer.question });
    });
    row.append(entry, again);
    history.append(row);
  }
}

function isNew(list: keyof typeof drawn, of: unknown): boolean {
  const now = JSON.stringify(of);
  if (drawn[list] === now) return false;
  drawn = { ...drawn, [list]: now };
  return true;
}

function fill(asker: string | undefined, wantedName: string | undefined, wantedType: string | undefined): void {
  if (asker && [...from.options].some((option) => option.value === asker)) {
    from.value = asker;
    send({ kind: 'select', from: asker });
  }
  if (wantedName !== undefined) name.value = wantedName;
  if (wantedType && [...type.options].some((option) => option.value === wantedType)) type.value = wantedType;
}

function setBusy(busy: boolean): void {
  cancel.hidden = !busy;
  for (const button of form.querySelectorAll<HTMLButtonElement>('button.ask')) button.disabled = busy;
}

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  switch (data.kind) {
    case 'state': {
      strings = data.strings;
      for (const labelled of document.querySelectorAll<HTMLElement>('[data-text]'))
        labelled.textContent = say(labelled.dataset.text ?? '');
      const newest = answers[0] !== data.history[0] && JSON.stringify(answers[0]) !== JSON.stringify(data.history[0]);
      answers = data.history;
      if (isNew('extras', [data.everywhere, data.watch, data.resolvers, data.strings])) {
        showEverywhere(data.everywhere, say);
        showWatch(data.watch, say);
        showResolvers(data.resolvers, say, send);
        watchToggle.dataset.text = data.watch ? 'unwatch' : 'watch';
        watchToggle.textContent = say(watchToggle.dataset.text);
      }
      if (isNew('askers', [data.askers, data.strings])) showAskers(data.askers, data.selected);
      element('names').replaceChildren(
        ...data.names.map((known) => {
          const option = make('option');
          option.value = known;
          return option;
        }),
      );
      if (isNew('history', [answers, data.strings])) {
        showHistory();
        showAnswer(newest ? 0 : Math.min(shown, Math.max(0, answers.length - 1)));
        if (newest) status.textContent = answers[0] ? `${answers[0].question.name}: ${answers[0].outcome}` : '';
      }
      setBusy(data.busy);
      break;
    }
    case 'busy':
      setBusy(true);
      status.textContent = `${data.done}/${data.of}`;
      break;
    case 'told':
      status.textContent = data.message;
      break;
    case 'failed':
      setBusy(false);
      status.textContent = data.message;
      break;
    case 'fill':
      fill(data.from, data.name, data.type);
      name.focus();
      break;
  }
});

form.addEventListener('submit', (event) => {
  event.preventDefault();
  sendQuestion('ask');
});
askMany.addEventListener('click', () =>
  sendQuestion('ask', Math.max(1, Math.min(1_000, Math.floor(Number(times.value)) || 100))),
);
element('everywhere-ask').addEventListener('click', () => sendQuestion('everywhere'));
element('copy-dig').addEventListener('click', () => sendQuestion('copyDig'));
element('open-resolver').addEventListener('click', () => sendQuestion('openResolver'));
watchToggle.addEventListener('click', () => {
  if (watchToggle.dataset.text === 'unwatch') send({ kind: 'unwatch' });
  else sendQuestion('watch');
});
cancel.addEventListener('click', () => send({ kind: 'cancel' }));
element('clear').addEventListener('click', () => send({ kind: 'clear' }));
from.addEventListener('change', () => send({ kind: 'select', from: from.value }));
send({ kind: 'ready' });
