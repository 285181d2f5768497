/**
 * A team that was measured in studies, at work in your own program: one episode of a task of the catalogue.
 *
 * Three embedded models cover the beacons of a grid; VDN's trained networks advise each of them from what it sees
 * itself. Run it with: npx tsx examples/team.ts
 */
import { actionWords, team, vdn } from 'agentmesh-stm';

const squad = await team({ agents: 'pocket-32k', strategy: vdn(), task: 'coverage' });
const episode = await squad.play({ seed: 0 });

for (const [step, { agents, reward }] of episode.steps.entries()) {
  const words = agents.map(({ action }) => actionWords(squad.task.actions, action)).join(', ');
  console.log(`step ${step + 1}: ${words} (reward ${reward.toFixed(2)})`);
}
console.log(`score ${episode.score?.toFixed(2)} after ${squad.spent.calls} questions`);
await squad.close();
