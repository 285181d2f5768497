import { describe, expect, it } from 'vitest';
import { type Asked, order, playStep, type Stage } from '../../test/support/played-step.ts';
import { comaWords } from './coma-words.ts';

const choices = ['red', 'blue'];
const isAppraisal = ({ briefs }: Asked) => briefs.some((brief) => brief.startsWith('Appraise'));
const briefsOf = (asked: readonly Asked[], name: string) =>
  asked.filter((each) => each.who === name && each.form !== 'say').map(({ briefs }) => briefs);

/** Ann answers red, then blue, in turn; Bob always blue. */
const turns = ({ who }: Asked, count: number) => (who === 'Ann' && count % 2 === 1 ? 'red' : 'blue');
const stage = (over: Partial<Stage> = {}): Stage => ({
  offers: [choices, choices],
  attempts: 2,
  simulated: true,
  // Two where they differ, else none.
  pays: ([ann, bob]) => (ann === bob ? 0 : 2),
  reply: turns,
  ...over,
});

describe('coma-words', () => {
  it('replays the transcript with one action replaced, where the task can be simulated', async () => {
    const played = await playStep(comaWords, stage());
    // Two answers of each, one of each in the last step; nobody is asked for an appraisal.
    expect(order(played)).toEqual([
      ...['Ann chooses', 'Ann chooses', 'Bob chooses', 'Bob chooses'],
      ...['Ann chooses', 'Bob chooses'],
    ]);
    // Ann's other answer, blue, would have earned nothing; Bob's other answer was the same.
    expect(briefsOf(played.asked, 'Ann')[2][0]).toBe(
      'Your team has tried this before. With your other answers the team would have earned 2 less.',
    );
    expect(briefsOf(played.asked, 'Bob')[2][0]).toContain('would have come to the same');
  });

  it('compares with the mean of several answers', async () => {
    // red, then blue and red: (0 + 2) / 2.
    const played = await playStep(comaWords, stage({ options: { alternatives: 2 } }));
    expect(briefsOf(played.asked, 'Ann')[3][0]).toContain('would have earned 1 less');
  });

  it('asks the others again who would see something else in the next turn, and lets them act on it', async () => {
    // Bob sees what Ann did and repeats it; the team earns where it does so.
    const pays = ([, bob]: readonly string[], [ann]: readonly string[]) => (bob === ann ? 3 : 0);
    const shows = (agent: number, joint: readonly string[]) =>
      agent === 1 && joint.length > 0 ? ` Ann did ${joint[0]}.` : '';
    const reply = ({ who, prompt }: Asked, count: number) =>
      who === 'Ann' ? (count % 2 === 1 ? 'red' : 'blue') : prompt.includes('Ann did red') ? 'red' : 'blue';
    const played = await playStep(comaWords, stage({ steps: 2, attempts: 2, pays, shows, reply }));
    const supposed = played.asked.filter(
      ({ who, prompt }) => who === 'Bob' && prompt.includes('Ann did blue'),
    );
    // Once, in the second turn: nothing is asked again in the last attempt, which nobody is told of.
    expect(supposed.map(({ step }) => step)).toEqual([2]);
    // Had Bob kept to red, Ann's blue would have cost 3; it would have followed.
    expect(briefsOf(played.asked, 'Ann')[4][0]).toContain('would have come to the same');
    // What Bob does is what it answered to what happened.
    expect(played.actions[1]).toEqual(['red', 'red']);
  });

  it('counts what came of it later: the rest of the transcript is played as it went', async () => {
    let turn = 0;
    const pays = (joint: readonly string[]) => (turn++, joint[0] === 'red' ? 1 : 0);
    const { asked } = await playStep(comaWords, stage({ steps: 2, pays }));
    // In both turns the other answer would have lost 1.
    expect(briefsOf(asked, 'Ann').at(-1)![0]).toContain('would have earned 1 less');
    expect(turn).toBeGreaterThan(4);
  });

  it('asks what a turn is worth with and without a replaced action elsewhere', async () => {
    const reply = (asked: Asked, count: number) =>
      isAppraisal(asked)
        ? asked.briefs[0].includes('Ann did this: red')
          ? '70'
          : 'About 40.'
        : turns(asked, count);
    const { simulated: _, ...rest } = stage({ reply });
    const { asked } = await playStep(comaWords, rest);
    // As it was, and with blue in place of red; Bob's other answer was the same.
    expect(asked.filter(isAppraisal)).toHaveLength(2);
    expect(briefsOf(asked, 'Ann')[2][0]).toContain('would have been worth 30 points of 100 less');
  });

  it('tells nothing where what it was worth cannot be read', async () => {
    const reply = (asked: Asked, count: number) => (isAppraisal(asked) ? '1 or 2' : turns(asked, count));
    const { simulated: _, ...rest } = stage({ reply });
    const { asked } = await playStep(comaWords, rest);
    expect(asked.filter(isAppraisal)).toHaveLength(4);
    expect(briefsOf(asked, 'Ann')[2][0]).toBe('Your team has tried this before.');
  });

  it('replaces texts and words as it does actions', async () => {
    const { asked } = await playStep(comaWords, {
      offers: ['talk', 'write'],
      attempts: 2,
      reply: (question, count) => (isAppraisal(question) ? '50' : `${question.who} ${count}`),
    });
    const read = asked.filter(isAppraisal).map(({ reads }) => reads);
    // After Ann's other words Bob is asked again what it writes.
    expect(read).toEqual([
      ['Ann: Ann 1', 'Bob: Bob 1'],
      ['Ann: Ann 2', 'Bob: Bob 3'],
      ['Ann: Ann 1', 'Bob: Bob 2'],
    ]);
    expect(asked.filter(({ who, reads }) => who === 'Bob' && reads.includes('Ann: Ann 2'))).toHaveLength(2);
  });
});
