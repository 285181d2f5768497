/**
 * New strategies from parts, in a study beside the strategies that the parts come from.
 *
 * The first takes VDN's advice and adds what CommNet's agents announce; the second advises by a rule of its own,
 * from nothing but what each agent sees. Run it with: npx tsx examples/own-strategy.ts
 */
import { commnet, composeStrategy, memoryStore, run, scoreTableText, vdn } from 'agentmesh-stm';

const advisedTalkers = composeStrategy({ id: 'advised-talkers', advice: vdn(), broadcast: commnet() });

const goOn = composeStrategy({
  id: 'go-on',
  title: 'Do once more what you did last',
  // One nat for the last action: it becomes e times as likely as the model alone would make it.
  advice: (views) =>
    views.map(({ availableActions, lastAction }) => availableActions.map((a) => (a === lastAction ? 1 : 0))),
});

const { scores } = await run(
  {
    name: 'own-strategy',
    models: ['pocket-32k'],
    strategies: ['none', vdn({ feedback: 'none' }), advisedTalkers, goOn],
    tasks: ['coverage'],
    // These seeds share one training of each strategy.
    seeds: [0, 10, 20, 30, 40],
  },
  { store: memoryStore() },
);
console.log(scoreTableText(scores));
