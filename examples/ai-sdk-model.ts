/**
 * A whole team where a language model of the AI SDK stands: each message says what the agents see, each answer what
 * they do, so a conversation is an episode. Run it with: npx tsx examples/ai-sdk-model.ts
 */
import { generateText, type ModelMessage, streamText } from 'ai';
import { asLanguageModel, team } from 'agentmesh-stm';

const clerks = await team({
  agents: 'pocket-32k',
  task: {
    id: 'tickets',
    agentNames: ['Ann', 'Bob'],
    actions: ['answer', 'look up', 'wait'],
    rules: 'Ann and Bob share a queue of tickets. A ticket counts when exactly one of them answers it.',
  },
});
const model = asLanguageModel(clerks);

const messages: ModelMessage[] = [{ role: 'user', content: 'Two tickets are open.' }];
const first = await generateText({ model, messages, seed: 1 });
console.log(first.text);

// The answer goes back into the conversation, so the team knows what it did.
messages.push({ role: 'assistant', content: first.text }, { role: 'user', content: 'One ticket is left.' });
const second = streamText({ model, messages, seed: 1 });
for await (const text of second.textStream) console.log(text);
console.log(`${(await second.usage).inputTokens} input tokens in the second step`);
await clerks.close();
