import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { syntheticAtlas } from '../../test/support/atlas-input.ts';
import { firstLook, lookedBefore, noteVerdictSeen, seenName, type VerdictSeen } from './verdict-seen.ts';

const look = (seeds: number, runs = 4 * seeds): VerdictSeen => ({
  seeds: Array.from({ length: seeds }, (_, seed) => seed),
  runs,
});

it('says nothing at the first look, and nothing while no score was added', () => {
  expect(lookedBefore(undefined, look(10))).toBeUndefined();
  expect(lookedBefore(look(10), look(10))).toBeUndefined();
});

it('says of a study that was extended after its verdict was seen that the verdict has lost its level', () => {
  expect(lookedBefore(look(10), look(20))).toMatch(
    /seen before, with 10 seed\(s\) and 40 runs; 10 more seed\(s\) came after. It no longer has its level/,
  );
  expect(lookedBefore(look(10), look(10, 50))).toMatch(/10 more run\(s\) came after/);
});

it('says of a study whose strategies were changed after its verdict was seen that it is a new family', () => {
  const seen = { ...look(10), arms: ['strategy a', 'strategy b'] };
  expect(lookedBefore(seen, { ...look(10), arms: ['strategy a', 'strategy b'] })).toBeUndefined();
  // Fewer runs, and planned looks, hide nothing.
  expect(
    lookedBefore({ ...seen, looks: [10, 20] }, { ...look(10, 20), arms: ['strategy a'], looks: [10, 20] }),
  ).toMatch(
    /with 10 seed\(s\), and what is compared was changed after \(removed: strategy b\)\. This is a new family/,
  );
  expect(lookedBefore(seen, { ...look(10), arms: ['strategy a', 'strategy b', 'strategy c'] })).toMatch(
    /\(added: strategy c\)/,
  );
});

it('keeps the first look beside the study, and only where there was a verdict', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'seen-'));
  const { results } = await syntheticAtlas({ seeds: 2, models: 1, intactOnly: true });
  noteVerdictSeen(directory, undefined, look(2));
  expect(firstLook(directory)).toBeUndefined();
  noteVerdictSeen(directory, { ...results!, verdicts: [] }, look(2));
  expect(firstLook(directory)).toBeUndefined();
  const first = { ...look(2), looks: [2, 4], arms: ['strategy a'] };
  noteVerdictSeen(directory, results, first);
  noteVerdictSeen(directory, results, look(5));
  expect(firstLook(directory)).toEqual(first);
});

it('takes a file that cannot be read for no look', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'seen-'));
  writeFileSync(path.join(directory, seenName), '{');
  expect(firstLook(directory)).toBeUndefined();
});
