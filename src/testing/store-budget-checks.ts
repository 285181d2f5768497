import assert from 'node:assert/strict';
import { type Spending, StoreError, type StudyWriter, unfinishedTallies } from '../contracts/index.ts';
import { doneOutcome, failedOutcome, plan, sample, study, timing } from './store-samples.ts';

// The checks of a store's conformance suite that concern budgets.

const nothing: Spending = { tokens: 0, usd: 0 };
const limits: Spending = { tokens: 100, usd: Infinity };
const tokens = (count: number): Spending => ({ tokens: count, usd: 0 });

export async function checkUsed(store: StudyWriter) {
  assert.deepEqual(await store.spending(), { used: nothing, lost: nothing, reserved: nothing });
  await store.saveStudy({ ...study, runs: ['a', 'a', 'b', 'c'].map(plan) });
  const usage = { inputTokens: 10, outputTokens: 1, costUsd: 0.25 };
  const part = { inputTokens: 10, costUsd: 0.5 };
  const judgeUsage = { inputTokens: 4 };
  // Done: its outcome counts, not its episodes once more, and once for all runs of equal content.
  await store.saveEpisode(sample('a'), timing, { ...doneOutcome('a', sample('a')), usage, judgeUsage });
  // Of a design that is no more.
  await store.saveEpisode(sample('d'), timing, { ...doneOutcome('d', sample('d')), usage });
  // Not done: what its finished episodes have used, whatever a failure before said.
  const episode = withUsage('b', [usage, part, {}]);
  await store.saveOutcome({ ...failedOutcome('b'), usage: {} });
  await store.saveEpisode(episode, timing);
  await store.addTallies(unfinishedTallies({ outputTokens: 3, costUsd: 0.125 }));
  assert.deepEqual((await store.spending()).used, {
    tokens: 11 + 4 + 21 + 2 + 3,
    usd: 0.25 + 0.75 + 0.125,
  });
}

function withUsage(run: string, usages: readonly object[]) {
  const episode = sample(run);
  const [{ agents }] = episode.steps;
  const judgements = [{ judge: 'grader', prompt: 'Good?', answer: 'Yes.', usage: { outputTokens: 2 } }];
  const step = { reward: 0, agents: usages.map((usage) => ({ ...agents[1], usage })), judgements };
  return { ...episode, steps: [step] };
}

export async function checkReserves(store: StudyWriter) {
  await store.saveStudy({ ...study, runs: [plan('a', 0)] });
  await store.addTallies(unfinishedTallies({ inputTokens: 40 }));
  assert.equal(await store.reserve('one', tokens(30), limits), true);
  assert.equal(await store.reserve('two', tokens(31), limits), false, '40 are used and 30 held');
  assert.equal(await store.reserve('two', tokens(30), limits), true);
  assert.equal(await store.reserve('one', tokens(31), limits), false);
  assert.deepEqual((await store.spending()).reserved, tokens(60), 'a refusal changes nothing');
  // The new amount takes the place of the old one.
  assert.equal(await store.reserve('one', tokens(10), limits), true);
  assert.equal(await store.reserve('two', tokens(50), limits), true);
  assert.equal(await store.reserve('three', { tokens: 0, usd: 1e9 }, limits), true, 'dollars have no limit');
  assert.equal(await store.reserve('three', { tokens: 0, usd: 2 }, { tokens: 100, usd: 1 }), false);
  await store.settle('three', nothing);
  await store.settle('two', tokens(5));
  await store.settle('one', nothing);
  const { lost, reserved } = await store.spending();
  assert.deepEqual({ lost, reserved }, { lost: tokens(5), reserved: nothing });
  assert.equal(await store.reserve('one', tokens(56), limits), false, 'what is lost is spent');
  assert.equal(await store.reserve('one', tokens(55), limits), true);
  await store.settle('one', tokens(1));
  assert.deepEqual((await store.spending()).lost, tokens(6), 'losses add up');
  await assert.rejects(store.reserve('one', tokens(Number.NaN), limits), StoreError);
  await assert.rejects(store.settle('one', tokens(Infinity)), StoreError);
}

export async function checkReservesAtOnce(store: StudyWriter) {
  const workers = Array.from({ length: 30 }, (_, k) => `worker ${k}`);
  const asked = await Promise.all(workers.map((worker) => store.reserve(worker, tokens(7), limits)));
  assert.equal(asked.filter((granted) => granted).length, 14, '14 times 7 are 98 of 100');
  assert.deepEqual((await store.spending()).reserved, tokens(98));
}

/** What a worker held in a store that was then ended as a crash would. */
export async function holdBeforeCrash(store: StudyWriter) {
  assert.equal(await store.reserve('killed', tokens(70), { tokens: 1e6, usd: 1e6 }), true);
}

export async function checkHeldByTheDead(store: StudyWriter) {
  const { used, lost, reserved } = await store.spending();
  assert.deepEqual({ tokens: lost.tokens + reserved.tokens, usd: lost.usd + reserved.usd }, tokens(70));
  const enough = { tokens: used.tokens + 70 + 30, usd: Infinity };
  assert.equal(await store.reserve('next', tokens(31), enough), false);
  assert.equal(await store.reserve('next', tokens(30), enough), true);
  await store.settle('next', nothing);
}
