/**
 * Questions of your own, in a study: twenty that come with the package, each with facts for three agents, of which the
 * last one answers.
 *
 * The agent that answers knows a third of what it takes; `single` reads what all know. The scripted writer draws its
 * answers, so neither is right more often than by chance; name any model in its place. Run it with:
 * npx tsx examples/question-set.ts [my-questions.jsonl]
 */
import { memoryStore, run, scoreTableText } from 'agentmesh-stm';

const [file] = process.argv.slice(2);
const { scores } = await run(
  {
    name: 'my-questions',
    models: ['scripted'],
    strategies: ['none', 'single'],
    tasks: [{ id: 'question-set', ...(file && { file }) }],
    seeds: 5,
    episodes: 4,
  },
  { store: memoryStore() },
);
console.log(scoreTableText(scores));
