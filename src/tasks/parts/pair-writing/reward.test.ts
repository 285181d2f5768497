import { describe, expect, it } from 'vitest';
import { factsKept, mostReward, writingReward } from './reward.ts';

/** So many different words of one letter, the last one drawn out to so many characters in all. */
function text(count: number, length: number, from = 0): string {
  const all = Array.from({ length: count }, (_, k) => String.fromCodePoint(0x4e00 + from + k));
  return all.join(' ') + 'z'.repeat(length - (2 * count - 1));
}

const nothing = { structure: 0, lengthRatio: 0, uniqueWords: 0, consistency: 0, transitionWords: 0 };

describe('what a pair of texts earns', () => {
  // 8 and 16 words, 4 of them in both: Jaccard index 4 / (8 + 16 - 4) = 0.2, which is paid in full.
  const short = 'aa bb cc dd ee ff gg hh';
  const long = 'aa bb cc dd ii jj kk ll mm nn oo pp qq rr ss tt';

  it('is all but transitions for a pair that fits', () => {
    expect(writingReward(short, long)).toEqual({
      ...{ structure: 0.5, lengthRatio: 1, uniqueWords: 0.5, consistency: 0.6, transitionWords: 0 },
    });
  });

  it.each([
    ['no kind', 'tt', 0],
    ['one kind', 'however', 0.4 * 0.4],
    ['one kind twice', 'however conversely', 0.4 * 0.4],
    ['two kinds', 'however therefore', 0.4 * 0.45],
    ['words of several', 'on the other hand for example', 0.4 * 0.45],
    ['a part of a word', 'howevermore thusly', 0],
  ])('counts kinds of transitions in the long text: %s', (_, words, paid) => {
    expect(writingReward(short, `${long} ${words}`).transitionWords).toBeCloseTo(paid, 12);
    expect(writingReward(`${short} ${words}`, long).transitionWords).toBe(0);
  });

  it.each([
    ['7 words', text(7, 40), text(16, 80)],
    ['257 words', text(8, 40), text(257, 900)],
    ['nothing', '', long],
    ['spaces', ' \n\t ', long],
    ['a megabyte', short, 'x '.repeat(5e5)],
    ['one long word', short, 'x'.repeat(1e6)],
  ])('is nothing where one has %s', (_, a, b) => {
    expect(writingReward(a, b)).toEqual(nothing);
    expect(writingReward(b, a)).toEqual(nothing);
  });

  it.each([
    [43, 0],
    [44, 0],
    [54, 0.5],
    [64, 1],
    [128, 1],
    [164, 0.5],
    [200, 0],
    [201, 0],
  ])('pays the ratio of lengths in part: 40 and %i characters', (length, paid) => {
    const reward = writingReward(text(8, 40), text(16, length, 99));
    expect(reward.lengthRatio).toBeCloseTo(paid, 12);
    // What the level does not pay, the later ones cannot; without common words they pay for different words alone.
    expect(reward).toMatchObject({ structure: 0.5, uniqueWords: paid === 0 ? 0 : 0.5, consistency: 0 });
  });

  it.each([
    [26, 0],
    [33, 0.25],
    [40, 0.5],
    [60, 0.5],
  ])('pays the ratio of different words in part: 20 and %i', (count, paid) => {
    const reward = writingReward(text(20, 100), text(count, 200));
    expect(reward.uniqueWords).toBeCloseTo(paid, 12);
    if (paid === 0) expect(reward).toEqual({ ...nothing, structure: 0.5, lengthRatio: 1 });
    else expect(reward.consistency).toBeGreaterThan(0);
  });

  it('counts common words once, function words not at all', () => {
    // 2 common words of 8 + 16 - 2 = 22: half of 0.2 would be 2.2.
    const other = 'aa bb ii jj kk ll mm nn oo pp qq rr ss tt uu vv';
    expect(writingReward(short, other).consistency).toBeCloseTo((0.6 * (2 / 22)) / 0.2, 12);
    const padded = writingReward(`${short} the and of`, `${other} the and of it is to`);
    expect(padded.consistency).toBeCloseTo((0.6 * (2 / 22)) / 0.2, 12);
  });

  it('is at most the bound of the score', () => {
    const all =
      'besides namely indeed thus however although next meanwhile likewise unless certainly overall';
    const reward = writingReward('aa bb cc dd ii jj kk ll mm nn oo pp qq rrrrrrrr', `${long} ${all}`);
    expect(Object.values(reward).reduce((a, b) => a + b, 0)).toBeCloseTo(2.98, 12);
    expect(mostReward).toBeCloseTo(2.98, 12);
  });
});

describe('facts kept', () => {
  const facts = [
    { about: 'year of its founding', value: '1812' },
    { about: 'name of the mayor', value: 'Ada Brenn' },
    { about: 'colour of its flag', value: 'red' },
    { about: 'number of houses', value: '120' },
  ];
  it.each([
    ['', 0],
    ['Founded in 1812, it has Ada Brenn as its mayor, a red flag, and 120 houses.', 1],
    ['ADA  BRENN hoisted the Red flag.', 0.5],
    ['In 18125 the bored Ada left 1200 houses.', 0],
    ['Besides, it is indeed lovely; however, nobody knows why.', 0],
  ])('of %j', (text, share) => {
    expect(factsKept(text, facts)).toBe(share);
  });
});
