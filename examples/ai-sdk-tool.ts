/**
 * A whole team as a tool that another model calls: step by step, or for a whole episode of a simulated task.
 *
 * The calling model is scripted here, so that the program runs offline; put any model in its place.
 * Run it with: npx tsx examples/ai-sdk-tool.ts
 */
import { generateText, stepCountIs } from 'ai';
import { MockLanguageModelV3 } from 'ai/test';
import { asEpisodeTool, asTool, team, vdn } from 'agentmesh-stm';

const clerks = await team({
  agents: 'pocket-32k',
  task: {
    id: 'tickets',
    agentNames: ['Ann', 'Bob'],
    actions: ['answer', 'look up', 'wait'],
    rules: 'Ann and Bob share a queue of tickets. A ticket counts when exactly one of them answers it.',
  },
});
const squad = await team({ agents: 'pocket-32k', strategy: vdn(), task: 'coverage' });

const { steps } = await generateText({
  model: callsBothTools(),
  tools: {
    clerks: asTool(clerks),
    cover: asEpisodeTool(squad, { description: 'Covers the beacons.' }),
  },
  stopWhen: stepCountIs(2),
  prompt: 'Two tickets are open, and the beacons need cover.',
});
for (const { toolName, output } of steps.flatMap(({ toolResults }) => toolResults))
  console.log(toolName, JSON.stringify(output).slice(0, 100));
console.log(steps.at(-1)?.text);
await clerks.close();
await squad.close();

/** A model of the AI SDK that calls each tool once and then says that it is done. */
function callsBothTools() {
  const nothing = {
    inputTokens: { total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: 0, text: 0, reasoning: 0 },
  };
  const call = (toolName: string, input: object) => ({
    ...{ type: 'tool-call' as const, toolCallId: toolName, toolName, input: JSON.stringify(input) },
  });
  const observations = { Ann: { text: 'Two tickets are open.' }, Bob: { text: 'Two tickets are open.' } };
  return new MockLanguageModelV3({
    doGenerate: [
      {
        content: [call('clerks', { observations }), call('cover', { seed: 3 })],
        finishReason: { unified: 'tool-calls', raw: undefined },
        ...{ usage: nothing, warnings: [] },
      },
      {
        content: [{ type: 'text', text: 'Done.' }],
        finishReason: { unified: 'stop', raw: undefined },
        ...{ usage: nothing, warnings: [] },
      },
    ],
  });
}
