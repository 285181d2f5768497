/**
 * A team in an environment of your own: your program says what the agents see and carries out what they choose.
 *
 * Two clerks share a queue of tickets. Any model of the AI SDK can stand for a clerk: agents: [openai('gpt-5-mini'),
 * anthropic('claude-haiku-4-5')]. Here it is an embedded one, so that the program runs offline; it has never seen
 * this task, so it serves badly. Run it with: npx tsx examples/own-environment.ts
 */
import { strategies, team } from 'agentmesh-stm';

const clerks = await team({
  agents: 'pocket-32k',
  strategy: strategies.uninformative(),
  task: {
    id: 'tickets',
    agentNames: ['Ann', 'Bob'],
    actions: ['answer', 'look up', 'wait'],
    rules: 'Ann and Bob share a queue of tickets. A ticket counts when exactly one of them answers it.',
    horizon: 5,
  },
  budget: { calls: 100 },
});

const shift = clerks.begin({ seed: 1 });
for (let open = 5; open > 0; open--) {
  const { actions, messages } = await shift.step({
    Ann: `Tickets open: ${open}.`,
    Bob: { text: 'The queue is hidden from you.', availableActions: ['answer', 'wait'] },
  });
  const answers = Object.values(actions).filter((action) => action === 'answer').length;
  shift.reward(answers === 1 ? 1 : 0);
  console.log(actions, messages.map(({ from, text }) => `${from} plans ${text}`).join(', '));
}
console.log(`return ${shift.trace.return}, ${shift.trace.steps.length} steps in the trace`);
await clerks.close();
