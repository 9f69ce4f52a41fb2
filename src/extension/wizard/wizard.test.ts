import { describe, expect, it } from 'vitest';
import type { Answer, InputAsking, PickAsking, WizardQuestion, WizardUi } from './wizard';
import { runWizard } from './wizard';

interface Form {
  readonly name: string;
  readonly driver: string;
  readonly subnet: string;
}

const questions: readonly WizardQuestion<Form>[] = [
  {
    kind: 'input',
    title: 'Name',
    prompt: 'name',
    value: (form) => form.name,
    check: (text) => (text === '' ? 'needed' : undefined),
    write: (name, form) => ({ ...form, name }),
    blame: /name/,
  },
  {
    kind: 'pick',
    title: 'Driver',
    prompt: 'driver',
    items: () => [
      { label: 'overlay', value: 'overlay' },
      { label: 'none', value: 'none' },
    ],
    value: (form) => [form.driver],
    write: ([driver], form) => ({ ...form, driver: driver ?? '' }),
  },
  {
    kind: 'input',
    title: 'Subnet',
    prompt: 'subnet',
    when: (form) => form.driver === 'overlay',
    value: (form) => form.subnet,
    check: () => undefined,
    write: (subnet, form) => ({ ...form, subnet }),
  },
];

type Step = (asking: InputAsking | PickAsking) => Answer<string> | Answer<readonly string[]>;

/** Answers in order; each answer may look at what it was asked. */
function script(steps: Step[]): WizardUi & { readonly left: () => number } {
  const answer = async (asking: InputAsking | PickAsking) => {
    const step = steps.shift();
    if (!step) throw new Error(`not expected: ${asking.title}`);
    return step(asking);
  };
  return {
    input: answer as WizardUi['input'],
    pick: answer as WizardUi['pick'],
    busy: (_title, work) => work(),
    left: () => steps.length,
  };
}

const say =
  (value: string): Step =>
  () => ({ go: 'on', value });
const choose =
  (value: string): Step =>
  () => ({ go: 'on', value: [value] });
const empty: Form = { name: '', driver: 'overlay', subnet: '' };
const options = { title: 'Create', questions, state: empty, finish: async (form: Form) => form };

describe('the wizard', () => {
  it('asks all questions in order and gives their answers', async () => {
    const ui = script([
      (asking) => {
        expect(asking).toMatchObject({ title: 'Create: Name', step: 1, steps: 3, canGoBack: false });
        return { go: 'on', value: 'a' };
      },
      choose('overlay'),
      say('10.0.3.0/24'),
    ]);
    expect(await runWizard(ui, options)).toEqual({ name: 'a', driver: 'overlay', subnet: '10.0.3.0/24' });
  });

  it('leaves out questions that do not apply', async () => {
    expect(await runWizard(script([say('a'), choose('none')]), options)).toEqual({
      ...empty,
      name: 'a',
      driver: 'none',
    });
  });

  it('goes back with what was typed, also in the question that was left', async () => {
    const ui = script([
      say('a'),
      choose('overlay'),
      () => ({ go: 'back', draft: '10.0' }),
      () => ({ go: 'back' }),
      (asking) => {
        expect((asking as InputAsking).value).toBe('a');
        return { go: 'on', value: 'b' };
      },
      (asking) => {
        expect((asking as PickAsking).picked).toEqual(['overlay']);
        return { go: 'on', value: ['overlay'] };
      },
      (asking) => {
        expect((asking as InputAsking).value).toBe('10.0');
        return { go: 'on', value: '10.0.3.0/24' };
      },
    ]);
    expect(await runWizard(ui, options)).toMatchObject({ name: 'b', subnet: '10.0.3.0/24' });
  });

  it('ends without a result when the user goes away', async () => {
    expect(await runWizard(script([say('a'), () => ({ go: 'away' })]), options)).toBeUndefined();
  });

  it('goes back to the answer that the engine refuses, with its message and all that was typed', async () => {
    let tries = 0;
    const ui = script([
      say('taken'),
      choose('overlay'),
      say('10.0.3.0/24'),
      (asking) => {
        expect(asking.refusal).toBe('name taken already exists');
        expect((asking as InputAsking).value).toBe('taken');
        return { go: 'on', value: 'free' };
      },
      choose('overlay'),
      (asking) => {
        expect((asking as InputAsking).value).toBe('10.0.3.0/24');
        expect(asking.refusal).toBeUndefined();
        return { go: 'on', value: '10.0.3.0/24' };
      },
    ]);
    const finish = async (form: Form) => {
      tries++;
      if (form.name === 'taken') throw new Error('name taken already exists');
      return form;
    };
    expect(await runWizard(ui, { ...options, finish })).toMatchObject({ name: 'free' });
    expect(tries).toBe(2);
  });

  it('stays at the last question when it is not known which answer was refused', async () => {
    let tries = 0;
    const ui = script([
      say('a'),
      choose('overlay'),
      say('x'),
      (asking) => {
        expect(asking).toMatchObject({ title: 'Create: Subnet', refusal: 'out of order' });
        return { go: 'on', value: 'x' };
      },
    ]);
    const finish = async (form: Form) => {
      if (tries++ === 0) throw new Error('out of order');
      return form;
    };
    expect(await runWizard(ui, { ...options, finish })).toMatchObject({ subnet: 'x' });
  });

  it('a menu leads to questions and back to itself until it is done', async () => {
    const menu: WizardQuestion<Form> = {
      kind: 'menu',
      title: 'Settings',
      prompt: 'choose',
      items: (form) => [
        { label: 'Done', value: 'done' },
        { label: 'Subnet', value: 'subnet', description: form.subnet },
      ],
      choose: (value) => (value === 'done' ? [] : [questions[2]!]),
    };
    const ui = script([
      choose('subnet'),
      say('10.0.3.0/24'),
      (asking) => {
        expect((asking as PickAsking).items[1]?.description).toBe('10.0.3.0/24');
        return { go: 'on', value: ['subnet'] };
      },
      () => ({ go: 'back' }),
      choose('done'),
    ]);
    expect(await runWizard(ui, { ...options, questions: [menu] })).toMatchObject({ subnet: '10.0.3.0/24' });
  });
});
