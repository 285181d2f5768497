/**
 * A strategy that learns from the log of your own program: no simulator, only what the agents saw, did and earned.
 *
 * Two clerks each see one queue. A shift goes well when they serve the fuller one together. First they act without
 * a strategy, and everything is logged; VDN learns from that log; then its advice is put beside the same agents.
 * They have no opinion of their own here (`uniform`), so what changes is what was learned.
 * Run it with: npx tsx examples/learn-from-log.ts
 */
import { type LoggedEpisode, learnFromLog, type OwnTask, type Team, team, vdn } from 'agentmesh-stm';

const desk: OwnTask = {
  id: 'two-queues',
  agentNames: ['Ann', 'Bob'],
  actions: ['serve left', 'serve right'],
  rules: 'Ann sees the left queue, Bob the right one. The team earns what both serve together.',
  horizon: 4,
  // What a network reads of an agent's view: is my queue long, and which step is it?
  featureLength: 2,
};

/** Your environment: queues fill and empty. Returns what the team earned and the log. */
async function shift(clerks: Team, seed: number): Promise<{ earned: number; log: LoggedEpisode }> {
  const episode = clerks.begin({ seed });
  for (let t = 0; t < desk.horizon!; t++) {
    const leftIsLong = (seed + t) % 2 === 0;
    const { actions } = await episode.step({
      Ann: {
        text: leftIsLong ? 'The left queue is long.' : 'The left queue is empty.',
        features: [leftIsLong ? 1 : 0, t],
      },
      Bob: {
        text: leftIsLong ? 'The right queue is empty.' : 'The right queue is long.',
        features: [leftIsLong ? 0 : 1, t],
      },
    });
    const wanted = leftIsLong ? 'serve left' : 'serve right';
    episode.reward(Object.values(actions).every((action) => action === wanted) ? 1 : 0);
  }
  return { earned: episode.trace.return, log: episode.log };
}

async function shifts(clerks: Team, count: number) {
  const played = [];
  for (let seed = 0; seed < count; seed++) played.push(await shift(clerks, seed));
  const mean = played.reduce((sum, { earned }) => sum + earned, 0) / count;
  return { mean, episodes: played.map(({ log }) => log) };
}

const agents = { id: 'scripted', answer: 'uniform' };
const before = await shifts(await team({ agents, task: desk }), 200);
console.log(`without a strategy a shift earns ${before.mean.toFixed(2)} of ${desk.horizon}`);

const learned = await learnFromLog({
  strategy: vdn({ updates: 300 }),
  task: desk,
  episodes: before.episodes,
});
const after = await shifts(await team({ agents, task: desk, strategy: learned, adviceStrength: 0.5 }), 200);
console.log(
  `with VDN's advice it earns ${after.mean.toFixed(2)}; its weights have ${learned.toBytes().length} bytes`,
);
if (after.mean <= before.mean) throw new Error('The advice did not help.');
