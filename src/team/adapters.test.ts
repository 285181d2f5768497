import { generateText, Output, stepCountIs, streamText } from 'ai';
import { MockLanguageModelV3 } from 'ai/test';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  asAgent,
  asEpisodeTool,
  asLanguageModel,
  asTool,
  InputError,
  type OwnTask,
  strategies,
  team,
  type Team,
} from '../api/index.ts';

const desk: OwnTask = {
  id: 'help-desk',
  agentNames: ['Ann', 'Bob'],
  actions: ['answer', 'ask', 'wait'],
  rules: 'Ann and Bob run a help desk.',
  horizon: 4,
};
const made = () => team({ agents: 'scripted', task: desk, strategy: strategies.uninformative() });
const lines = (actions: object) =>
  Object.entries(actions)
    .map(([name, action]) => `${name}: ${action}`)
    .join('\n');

/** What the team itself does in an episode with this seed. */
async function directly(squad: Team, seed: number, seen: readonly string[]) {
  const episode = squad.begin({ seed });
  const steps = [];
  for (const text of seen) steps.push(await episode.step({ Ann: text, Bob: text }));
  return steps;
}

describe('a team as a language model', () => {
  it('answers a conversation as it would play an episode', async () => {
    const squad = await made();
    const [first, second] = await directly(squad, 3, ['One.', 'Two.']);
    const model = asLanguageModel(squad);
    const one = await generateText({ model, prompt: 'One.', seed: 3 });
    expect(one.text).toBe(lines(first.actions));
    expect(one.usage.inputTokens).toBe(first.usage.inputTokens);
    const messages = [
      { role: 'user' as const, content: 'One.' },
      { role: 'assistant' as const, content: one.text },
      { role: 'user' as const, content: 'Two.' },
    ];
    const two = await generateText({ model, messages, seed: 3 });
    expect(two.text).toBe(lines(second.actions));
    expect(two.providerMetadata?.agentmesh.agents).toEqual(second.agents);
    expect(two.providerMetadata?.agentmesh.messages).toEqual(second.messages);
    const streamed = streamText({ model, messages, seed: 3 });
    expect(await streamed.text).toBe(two.text);
    expect((await streamed.totalUsage).inputTokens).toBe(two.usage.inputTokens);
  });

  it('answers with JSON where it is asked for, and understands its own JSON again', async () => {
    const squad = await made();
    const [first, second] = await directly(squad, 0, ['One.', 'Two.']);
    const model = asLanguageModel(squad);
    const output = Output.object({ schema: z.object({ Ann: z.string(), Bob: z.string() }) });
    const one = await generateText({ model, prompt: 'One.', output });
    expect(one.output).toEqual(first.actions);
    const messages = [
      { role: 'user' as const, content: 'One.' },
      { role: 'assistant' as const, content: one.text },
      { role: 'user' as const, content: 'Two.' },
    ];
    expect((await generateText({ model, messages })).text).toBe(lines(second.actions));
  });

  it('takes JSON observations per agent, or those of an own function', async () => {
    const seen = {
      Ann: { text: 'A.', availableActions: ['ask'] },
      Bob: { text: 'B.', availableActions: ['wait'] },
    };
    const forced = 'Ann: ask\nBob: wait';
    const squad = await made();
    const { text } = await generateText({ model: asLanguageModel(squad), prompt: JSON.stringify(seen) });
    expect(text).toBe(forced);
    const model = asLanguageModel(squad, { observe: () => seen });
    expect((await generateText({ model, prompt: 'anything' })).text).toBe(forced);
  });

  it('warns of what has no effect, aborts, and stops at its budget', async () => {
    const squad = await team({ agents: { id: 'scripted', latencyMs: 5 }, task: desk, budget: { calls: 2 } });
    const model = asLanguageModel(squad);
    const aborted = generateText({ model, prompt: 'x', abortSignal: AbortSignal.abort(new Error('no')) });
    await expect(aborted).rejects.toThrow('no');
    const prompt = [
      { role: 'system' as const, content: 'Be kind.' },
      { role: 'user' as const, content: [{ type: 'text' as const, text: 'x' }] },
    ];
    const { warnings } = await model.doGenerate({ prompt, temperature: 0.2 });
    expect(warnings.map((warning) => 'feature' in warning && warning.feature)).toEqual(['temperature', 'system message']); // prettier-ignore
    await expect(generateText({ model, prompt: 'x', maxRetries: 0 })).rejects.toThrow(/2 of 2 calls/);
    const answered = [
      prompt[1],
      { role: 'assistant' as const, content: [{ type: 'text' as const, text: 'y' }] },
    ];
    await expect(model.doGenerate({ prompt: answered })).rejects.toThrow(InputError);
  });
});

describe('a team as an agent', () => {
  it('generates and streams what the language model would', async () => {
    const squad = await made();
    const [step] = await directly(squad, 0, ['One.']);
    const agent = await asAgent(squad, { id: 'desk' });
    expect(agent.version).toBe('agent-v1');
    expect(agent.id).toBe('desk');
    expect((await agent.generate({ prompt: 'One.' })).text).toBe(lines(step.actions));
    const stream = await agent.stream({ prompt: 'One.' });
    expect(await stream.text).toBe(lines(step.actions));
  });
});

describe('a team as a tool', () => {
  /** A model that makes these calls, one answer per list of calls, and then stops. */
  function caller(...answers: { toolName: string; input: object }[][]) {
    let asked = 0;
    const usage = {
      inputTokens: { total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0 },
      outputTokens: { total: 0, text: 0, reasoning: 0 },
    };
    return new MockLanguageModelV3({
      doGenerate: async () => {
        const calls = answers[asked++] ?? [];
        return {
          content: calls.map(({ toolName, input }, k) => ({
            ...{
              type: 'tool-call' as const,
              toolCallId: `${asked}-${k}`,
              toolName,
              input: JSON.stringify(input),
            },
          })),
          finishReason: {
            unified: calls.length > 0 ? ('tool-calls' as const) : ('stop' as const),
            raw: undefined,
          },
          ...{ usage, warnings: [] },
        };
      },
    });
  }
  const observations = (text: string) => ({ Ann: { text }, Bob: { text } });

  it('takes steps of one episode, also when they are asked for at once, and begins anew when told', async () => {
    const squad = await made();
    const [first, second] = await directly(squad, 1, ['One.', 'Two.']);
    const desk = asTool(squad);
    const call = (input: object) => ({ toolName: 'desk', input });
    const { steps } = await generateText({
      model: caller(
        [call({ observations: observations('One.') }), call({ observations: observations('Two.') })],
        [call({ observations: observations('One.'), newEpisode: true })],
      ),
      tools: { desk },
      stopWhen: stepCountIs(3),
      prompt: 'x',
    });
    const outputs = steps.flatMap(({ toolResults }) => toolResults.map(({ output }) => output));
    expect(outputs).toHaveLength(3);
    // Episodes of a team are numbered in the order in which they begin: 0 was the direct one.
    expect(outputs[0]).toEqual({ actions: first.actions, messages: first.messages });
    expect(outputs[1]).toEqual({ actions: second.actions, messages: second.messages });
    expect(outputs[2]).not.toEqual(outputs[0]);
  });

  it('refuses input that does not fit the task before a model is asked', async () => {
    const { inputSchema } = asTool(await made());
    expect(inputSchema.safeParse({ observations: observations('x') }).success).toBe(true);
    expect(inputSchema.safeParse({ observations: { Ann: { text: 'x' } } }).success).toBe(false);
    const wrong = { Ann: { text: 'x', availableActions: ['fly'] }, Bob: { text: 'x' } };
    expect(inputSchema.safeParse({ observations: wrong }).success).toBe(false);
  });

  it('goes on with a new episode after a step that failed', async () => {
    const tool = asTool(await made());
    const stopped = tool.execute(
      { observations: observations('x') },
      { abortSignal: AbortSignal.abort(new Error('no')) },
    );
    await expect(stopped).rejects.toThrow('no');
    const { actions } = await tool.execute({ observations: observations('x') });
    expect(Object.keys(actions)).toEqual(['Ann', 'Bob']);
  });

  it('plays whole episodes of a simulated task', async () => {
    const squad = await team({ agents: 'scripted', task: 'two-step-game' });
    const played = await squad.play({ seed: 4 });
    const tool = asEpisodeTool(squad);
    const { score, actions } = await tool.execute({ seed: 4 });
    expect(score).toBe(played.score);
    expect(actions).toHaveLength(2);
    expect(Object.keys(actions[0])).toEqual([...squad.task.agentNames]);
  });
});
