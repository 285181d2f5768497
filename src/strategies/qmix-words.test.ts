import { describe, expect, it } from 'vitest';
import { type Asked, playStep } from '../../test/support/played-step.ts';
import { qmixWords } from './qmix-words.ts';

const choices = ['red', 'blue'];
const isAppraisal = ({ briefs }: Asked) => briefs.some((brief) => brief.startsWith('Appraise'));

async function toldAnn(appraisal: string): Promise<string> {
  const { asked } = await playStep(qmixWords, {
    offers: [choices, choices],
    attempts: 2,
    reply: (question) => (isAppraisal(question) ? appraisal : 'red'),
  });
  return asked.filter(({ who, form }) => who === 'Ann' && form === 'choose').at(-1)!.briefs[0];
}

const inAll = async (appraisal: string) =>
  Number(/: ([\d.]+) of 10 in all/.exec(await toldAnn(appraisal))?.[1]);

describe('qmix-words', () => {
  it('tells each how well it did, and how much hung on it', async () => {
    expect(await toldAnn('Ann: 7, 5; Bob: 2, 9')).toBe(
      'Your team has tried this before. You did your part to 7 of 10, and 5 of 10 hung on it: 3.5 of 10 in all.',
    );
  });

  it('never lowers a part that was done better, and no weight is negative', async () => {
    for (const weight of [0, 3, 10]) {
      const parts = [];
      for (const quality of [0, 2, 5, 9]) parts.push(await inAll(`Ann: ${quality}, ${weight}; Bob: 1, 1`));
      expect(parts).toEqual([...parts].sort((a, b) => a - b));
    }
    expect(await inAll('Ann: 9, -4; Bob: 1, 1')).toBe(0);
  });

  it('weighs by the situation: the same act counts otherwise where another weight is said', async () => {
    expect(await inAll('Ann: 8, 2; Bob: 1, 1')).toBeLessThan(await inAll('Ann: 8, 6; Bob: 1, 1'));
  });
});
