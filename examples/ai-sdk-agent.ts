/**
 * A whole team where an agent of the AI SDK stands. Your own function says what each agent sees in a message, so
 * that one agent can know what the other does not. Run it with: npx tsx examples/ai-sdk-agent.ts
 */
import type { Agent } from 'ai';
import { asAgent, team } from 'agentmesh-stm';

const clerks = await team({
  agents: 'pocket-32k',
  task: {
    id: 'tickets',
    agentNames: ['Ann', 'Bob'],
    actions: ['answer', 'look up', 'wait'],
    rules: 'Ann and Bob share a queue of tickets. Only Ann sees it.',
  },
});

const agent: Agent = await asAgent(clerks, {
  observe: (message) => ({
    Ann: message,
    Bob: { text: 'The queue is hidden from you.', availableActions: ['answer', 'wait'] },
  }),
});
const { text, usage } = await agent.generate({ prompt: 'Two tickets are open.' });
console.log(text);
console.log(`${usage.inputTokens} input tokens`);

const stopped = agent.generate({ prompt: 'Stop.', abortSignal: AbortSignal.abort(new Error('stopped')) });
console.log(await stopped.then(String, (error: Error) => `aborted: ${error.message}`));
await clerks.close();
