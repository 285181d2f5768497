import { describe, expect, it } from 'vitest';
import { type Asked, order, playStep, type Stage } from '../../test/support/played-step.ts';
import { toldReward } from './told-reward.ts';
import { addedUp, vdnWords } from './vdn-words.ts';

const choices = ['red', 'blue'];
const isAppraisal = ({ briefs }: Asked) => briefs.some((brief) => brief.startsWith('Appraise'));
const stage = (over: Partial<Stage> = {}): Stage => ({
  offers: [choices, choices],
  attempts: 3,
  pays: (joint) => joint.filter((word) => word === 'red').length,
  measures: { alike: 0.5 },
  reply: (asked) =>
    isAppraisal(asked)
      ? 'Ann: 1.5; Bob: 0.5'
      : asked.form === 'choose'
        ? asked.who === 'Ann'
          ? 'red'
          : 'blue'
        : 'x',
  ...over,
});

describe('vdn-words', () => {
  it('asks one question more from the second turn on, of one who sees what all see', async () => {
    const played = await playStep(vdnWords, stage());
    const round = ['Ann chooses', 'Bob chooses'];
    expect(order(played)).toEqual([...round, 'Bob says', ...round, 'Bob says', ...round]);
    const [appraisal] = played.asked.filter(isAppraisal);
    expect(appraisal.prompt).toContain('Step 1, sight of Bob. Ann sees: Step 1, sight of Ann.');
    expect(appraisal.briefs[0]).toContain(
      'Ann did this: red. Bob did this: blue. It earned 1. It was measured: alike 0.5.',
    );
  });

  it('tells each in the next attempt its own share, which add up to what the team earned', async () => {
    const { asked } = await playStep(vdnWords, stage());
    const [ann, bob] = ['Ann', 'Bob'].map((name) =>
      asked.filter((each) => each.who === name && !isAppraisal(each)),
    );
    expect(ann[0].briefs).toEqual([]);
    // 1.5 + 0.5 is 1 too much, half of it each.
    expect(ann[1].briefs).toEqual([
      'Your team has tried this before. Of what the team earned, 1 is owed to you. It was measured: alike 0.5.',
      'There you did this: red.',
    ]);
    expect(bob[2].briefs[0]).toContain('Of what the team earned, 0 is owed to you.');
  });

  it('tells it in the next turn, and of the whole attempt in every turn of the next', async () => {
    const { asked } = await playStep(vdnWords, stage({ steps: 2, attempts: 2 }));
    const ann = asked.filter((each) => each.who === 'Ann').map(({ briefs }) => briefs);
    expect(ann[1][0]).toMatch(/^Of the turn before: Of what the team earned, 1 is owed/);
    // Two turns earned 2: nothing is to be taken off.
    expect(ann[2][0]).toMatch(/^Your team has tried this before\. Of what the team earned, 1\.5 is owed/);
    expect(ann[3].filter((brief) => /owed to you/.test(brief))).toHaveLength(2);
  });

  it('tells no share where the appraisal cannot be read twice', async () => {
    const reply = (asked: Asked) =>
      isAppraisal(asked) ? 'Well done, Ann!' : asked.form === 'choose' ? 'red' : 'x';
    const { asked } = await playStep(vdnWords, stage({ attempts: 2, reply }));
    expect(asked.filter(isAppraisal)).toHaveLength(2);
    expect(asked.at(-1)!.briefs.join(' ')).not.toMatch(/owed|earned/);
  });

  it('without credit tells all what the team earned, and asks nobody; without shaping no measures', async () => {
    const { asked } = await playStep(vdnWords, stage({ without: ['credit'] }));
    expect(asked.some(isAppraisal)).toBe(false);
    expect(asked.at(-1)!.briefs[0]).toBe(
      'Your team has tried this before. The team earned 1. It was measured: alike 0.5.',
    );
    const unshaped = await playStep(vdnWords, stage({ without: ['shaping'] }));
    expect(unshaped.asked.every(({ briefs }) => !briefs.join(' ').includes('measured'))).toBe(true);
  });

  it('asks nobody where the task says what each gained, and every agent is told its own', async () => {
    const shares = (joint: readonly string[]) => joint.map((word) => (word === 'red' ? 3 : -0.5));
    const played = await playStep(vdnWords, stage({ shares, steps: 2, attempts: 2 }));
    expect(played.asked.filter(isAppraisal)).toEqual([]);
    // 3 and -0.5 add up to 2.5, and 1 was earned: 0.75 less each.
    const [, second] = played.asked.filter(({ who }) => who === 'Bob');
    expect(second.briefs[0]).toContain('Of what the team earned, -1.25 is owed to you.');
    expect(second.prompt).toContain('Your own share of the last step was -0.5.');
    expect(
      played.asked.filter(({ step, prompt }) => step === 1 && prompt.includes('share of the last')),
    ).toEqual([]);
  });

  it('lets who only talks speak first, and credits its words', async () => {
    const played = await playStep(vdnWords, stage({ offers: ['talk', choices], attempts: 2 }));
    expect(order(played)).toEqual(['Ann says', 'Bob chooses', 'Bob says', 'Ann says', 'Bob chooses']);
    expect(played.asked[1].reads).toEqual(['Ann: x']);
    expect(played.asked[2].reads).toEqual(['Ann: x']);
    expect(played.asked[3].reads).toEqual(['Ann: x']);
  });
});

it('told-reward tells what the team earned and nothing else', async () => {
  const played = await playStep(toldReward, stage());
  expect(order(played)).toEqual(Array.from({ length: 3 }, () => ['Ann chooses', 'Bob chooses']).flat());
  expect(played.asked[2].briefs).toEqual([
    'Your team has tried this before. The team earned 1.',
    'There you did this: red.',
  ]);
});

it('shares add up to the total, and are the nearest that do', () => {
  expect(addedUp([1.5, 0.5], 1)).toEqual([1, 0]);
  expect(addedUp([1, 2, 3], 6)).toEqual([1, 2, 3]);
  expect(addedUp([0, 0], -3)).toEqual([-1.5, -1.5]);
});
