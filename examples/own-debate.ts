/**
 * A strategy of your own that talks: a debate of three rounds, in a study beside the model alone. (The catalogue has
 * twelve ways to work as a team, a debate among them: docs/strategies.md.)
 *
 * In each round everybody says something, having read all that was said before; then everybody chooses (Du et al. 2023,
 * arXiv 2305.14325). The same debate serves tasks in which agents write. The scripted writer understands nothing, so
 * the debate shows no gain; name any model that writes in its place. Run it with: npx tsx examples/own-debate.ts
 */
import {
  act,
  exportTraces,
  memoryStore,
  type Note,
  run,
  say,
  scoreTableText,
  type StrategyDefinition,
} from 'agentmesh-stm';
import { z } from 'zod';

const optionsSchema = z.strictObject({
  rounds: z.int().min(1).max(10).default(3).describe('How often everybody speaks before the choice.'),
  maxTokens: z.int().min(1).max(1000).default(60).describe('The most tokens that an agent says at once.'),
});

const debate: StrategyDefinition<z.output<typeof optionsSchema>> = {
  id: 'my-debate',
  title: 'Debate: everybody speaks in rounds, then everybody chooses',
  revision: 1,
  parts: [],
  optionsSchema,
  create: async ({ rounds, maxTokens }) => ({
    fingerprint: {},
    // What it asks models for: one that cannot write is refused before the study starts.
    asks: ['choice', 'text'],
    begin: () => ({
      decide: async ({ members }) => {
        const notes: Note[] = [];
        for (let round = 1; round <= rounds; round++) {
          const heard = [...notes];
          const said = await Promise.all(members.map((member) => say(member, maxTokens, heard)));
          said.forEach((text, from) => notes.push({ kind: 'words', from, round, text }));
        }
        return Promise.all(members.map((member) => act(member, notes)));
      },
    }),
  }),
};

const store = memoryStore();
const { scores } = await run(
  { name: 'debate', models: ['scripted'], strategies: ['none', debate], tasks: ['lever-pulling'], seeds: 5 },
  { store },
);
console.log(scoreTableText(scores));
for await (const { strategy, prompt } of exportTraces(store)) {
  if (strategy === 'my-debate') {
    console.log(`\nWhat one agent read before it chose:\n${String(prompt)}`);
    break;
  }
}
