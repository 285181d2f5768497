import { describe, expect, it } from 'vitest';
import type { LanguageModelV3, LanguageModelV3CallOptions } from '@ai-sdk/provider';
import {
  BudgetReachedError,
  commnet,
  exportTraces,
  InputError,
  memoryStore,
  type OwnTask,
  qmix,
  run,
  strategies,
  team,
  type TeamOptions,
  traceRows,
  vdn,
} from '../src/api/index.ts';
import { none as noneDefinition } from '../src/strategies/index.ts';

const desk: OwnTask = {
  id: 'help-desk',
  agentNames: ['Ann', 'Bob'],
  actions: ['answer', 'ask', 'wait'],
  rules: 'Ann and Bob run a help desk.',
  horizon: 4,
};

/** A model of the AI SDK that always answers the same and notes what it was asked. */
function languageModel(answer: string, asked: LanguageModelV3CallOptions[] = []): LanguageModelV3 {
  return {
    specificationVersion: 'v3',
    provider: 'test',
    modelId: 'fixed',
    supportedUrls: {},
    doGenerate: async (options) => {
      asked.push(options);
      options.abortSignal?.throwIfAborted();
      return {
        content: [{ type: 'text', text: answer }],
        finishReason: { unified: 'stop', raw: 'stop' },
        usage: {
          inputTokens: { total: 10, noCache: 10, cacheRead: undefined, cacheWrite: undefined },
          outputTokens: { total: 2, text: 2, reasoning: undefined },
        },
        warnings: [],
      };
    },
    doStream: () => Promise.reject(new Error('not used')),
  };
}

const made = (options: Partial<TeamOptions> = {}) => team({ agents: 'scripted', task: desk, ...options });

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list = [];
  for await (const item of items) list.push(item);
  return list;
}

describe('a team whose strategy advises', () => {
  const asked = (strategy: TeamOptions['strategy'], over: Partial<TeamOptions> = {}) =>
    made({ agents: languageModel('stay'), task: 'coverage', strategy, ...over });

  it('does what its models answer, who are told the advice in words', async () => {
    const { steps } = await (await asked(vdn())).play({ seed: 0 });
    for (const { agents } of steps) {
      for (const { action, answered, prompt, policy } of agents) {
        expect([action, answered, policy]).toEqual([0, 0, undefined]);
        expect(prompt).toMatch(/Your coordinator (slightly|clearly|strongly) advises \w+\. Choose /);
      }
    }
  });

  it('advises as it is told to, and refuses what its models cannot take', async () => {
    const exact = await made({ task: 'coverage', strategy: vdn(), advice: 'words' });
    const [{ agents }] = (await exact.play({ seed: 0 })).steps;
    expect(agents[0].prompt).toContain('Your coordinator');
    expect(agents[0].policy).toBeUndefined();
    const sampled = await asked(vdn(), { advice: { kind: 'samples', n: 2 } });
    expect((await sampled.play({ seed: 0 })).steps[0].agents[0]).toMatchObject({ calls: 2, answered: 0 });
    await expect(asked(vdn(), { advice: 'probabilities' })).rejects.toThrow(
      /needs exact probabilities, and the model "test:fixed" answers with an action/,
    );
    await expect(made({ advice: 'samples' })).rejects.toThrow(
      /the model "scripted" gives exact probabilities/,
    );
  });

  it('throws the same dice as one with another strategy', async () => {
    const silent = { ...noneDefinition, id: 'silent' };
    const play = async (strategy: TeamOptions['strategy']) =>
      (await (await made({ task: 'coverage', strategy })).play({ seed: 3 })).steps;
    expect(await play(silent)).toEqual(await play('none'));
  });
});

describe('a team in a simulated task', () => {
  it('plays an instance of the study and keeps it in the format of a study’s traces', async () => {
    const store = memoryStore();
    await run(
      { name: 's', models: ['scripted'], strategies: ['commnet'], tasks: ['coverage'], seeds: [0] },
      { store },
    );
    const [studied] = await all(exportTraces(store));
    const [{ run: planned }] = await all(store.outcomes());
    const record = (await store.episode(planned.hash, 0))!;

    const squad = await team({ agents: 'scripted', strategy: commnet(), task: 'coverage' });
    const played = await squad.play({ seed: 0 });
    expect(played.instance).toEqual(record.instance);
    expect(played.references).toEqual(record.references);
    expect(Object.keys(played).sort()).toEqual(Object.keys(record).sort());
    expect(Object.keys(played.steps[1].agents[0]).sort()).toEqual(
      Object.keys(record.steps[1].agents[0]).sort(),
    );
    // Everything but who played: the columns of the design.
    const identity = ['hash', 'model', 'strategy', 'task', 'seed', 'run'];
    const columns = Object.keys(studied).filter((name) => !identity.includes(name));
    expect(Object.keys(traceRows(played)[0])).toEqual(columns);
    // What is told before anybody has acted is the same.
    expect(played.steps[0].agents.map(({ prompt }) => prompt)).toEqual(record.steps[0].agents.map(({ prompt }) => prompt)); // prettier-ignore
    expect(await squad.play({ seed: 0 })).toEqual(played);
    expect(squad.spent.calls).toBeGreaterThan(10);
    await squad.close();
    await expect(squad.play()).rejects.toThrow('has been closed');
  });

  it('is refused before anything is spent when the strategy cannot serve it', async () => {
    await expect(made({ task: 'two-step-game', strategy: qmix() })).rejects.toThrow(/has not been trained/);
    await expect(made({ strategy: 'qmx' })).rejects.toThrow(/Did you mean "qmix"/);
    await expect(made({ strategy: vdn() })).rejects.toThrow(/"help-desk" has none.*learnFromLog/);
    await expect(made({ strategy: commnet() })).rejects.toThrow(/"help-desk" has none\. Use.*: .*\bnone\b/);
    for (const strategy of ['untrained', 'network-only'])
      await expect(made({ strategy, task: { ...desk, featureLength: 2 } })).rejects.toThrow(
        /needs a simulator.*"help-desk" has none/,
      );
    await expect(made({ strategy: 'none', without: ['credit'] })).rejects.toThrow(
      /"none" has no part "credit"/,
    );
    await expect(made({ agents: ['scripted'] })).rejects.toThrow(/1 models for 2 agents \(Ann, Bob\)/);
    await expect(made({ task: { id: 'coverage', gird: 5 } })).rejects.toThrow(/Did you mean "grid"/);
    const closed = await made();
    await expect(closed.play()).rejects.toThrow(/no simulator.*episode\.step/);
  });
});

describe('a team in somebody’s own environment', () => {
  it('says in words what to do, from what each agent sees', async () => {
    const asked: LanguageModelV3CallOptions[] = [];
    const bold = languageModel('{"action":"answer","confidence":1}', asked);
    const shift = (await made({ agents: [bold, 'scripted'], strategy: strategies.uninformative() })).begin({
      seed: 1,
    });
    const step = await shift.step({
      Ann: { text: 'A ticket is open.', availableActions: ['wait', 'answer'] },
      Bob: { text: 'Nothing to do.', availableActions: ['wait'] },
    });
    expect(step.actions).toEqual({ Ann: 'answer', Bob: 'wait' });
    expect(step.messages).toHaveLength(2);
    expect(step.messages[1]).toEqual({ from: 'Bob', kind: 'announcement', text: 'wait' });
    expect(step.usage).toEqual({ inputTokens: 10, outputTokens: 2 });
    const prompts = JSON.stringify(asked[0].prompt);
    expect(prompts).toContain('You are Ann. A ticket is open. Bob plans wait. Choose answer or wait.');
    expect(prompts).toContain('Ann and Bob run a help desk.');
  });

  it('keeps a trace and a log with the rewards that it was told', async () => {
    const shift = (await made()).begin();
    await shift.step({ Ann: 'One.', Bob: { text: 'Two.' } }, { state: [1] });
    shift.reward(0.5);
    shift.reward(1);
    const { actions } = await shift.step({ Ann: 'Three.', Bob: 'Four.' });
    expect(shift.trace.return).toBe(1.5);
    expect(shift.trace.steps.map(({ reward }) => reward)).toEqual([1.5, 0]);
    expect(shift.log.steps[0]).toMatchObject({
      observations: { Ann: { text: 'One.' } },
      reward: 1.5,
      state: [1],
    });
    expect(shift.log.steps[1].actions).toEqual(actions);
    expect(JSON.parse(JSON.stringify(shift.log))).toEqual(shift.log);
    expect(traceRows(shift.trace, { actions: desk.actions })[0].actionWord).toBe(
      shift.log.steps[0].actions.Ann,
    );
  });

  it('does the same for the same seed, and goes on after recalled steps as if it had taken them', async () => {
    const squad = await made();
    const seen = ['One.', 'Two.', 'Three.'].map((text) => ({ Ann: text, Bob: text }));
    const play = async (seed: number) => {
      const shift = squad.begin({ seed });
      const all = [];
      for (const each of seen) all.push((await shift.step(each)).actions);
      return all;
    };
    const first = await play(5);
    expect(await play(5)).toEqual(first);
    expect(await Promise.all([6, 7, 8].map(play))).not.toEqual([first, first, first]);
    const later = squad.begin({ seed: 5 });
    later.recall(seen[0], first[0]);
    later.recall(seen[1], first[1]);
    expect((await later.step(seen[2])).actions).toEqual(first[2]);
    expect(later.trace.steps).toHaveLength(1);
  });

  it('names what is wrong with an observation, and lets it be corrected', async () => {
    const shift = (await made({ task: { ...desk, featureLength: 2 } })).begin();
    const Bob = { text: '', features: [0, 0] };
    const wrong = [
      [{ Bob }, /lack Ann/],
      [{ Ann: Bob, Bob, Anna: Bob }, /no agent "Anna"\. Did you mean "Ann"/],
      [{ Ann: 'x', Bob }, /Ann has no features.*2 of them/],
      [{ Ann: { text: '', features: [1] }, Bob }, /Ann has 1 features; the task's featureLength is 2/],
      [{ Ann: { text: '', features: [1, NaN] }, Bob }, /Feature 1 of Ann is NaN/],
      [{ Ann: { ...Bob, availableActions: ['anser'] }, Bob }, /no action "anser"\. Did you mean "answer"/],
      [{ Ann: { ...Bob, availableActions: [] }, Bob }, /Ann has no available action/],
    ] as const;
    for (const [observations, message] of wrong) {
      await expect(shift.step(observations as never)).rejects.toThrow(InputError);
      await expect(shift.step(observations as never)).rejects.toThrow(message);
    }
    expect(Object.keys((await shift.step({ Ann: Bob, Bob })).actions)).toEqual(['Ann', 'Bob']);
    expect(() => shift.reward(NaN)).toThrow(/finite number/);
  });

  it('ends with the task’s horizon, and with an error', async () => {
    const shift = (await made({ task: { ...desk, horizon: 1 } })).begin();
    const seen = { Ann: 'a', Bob: 'b' };
    const step = shift.step(seen);
    await expect(shift.step(seen)).rejects.toThrow(/under way/);
    await step;
    await expect(shift.step(seen)).rejects.toThrow(/had its 1 steps/);
    const failing = (await made({ agents: { id: 'scripted', failureShare: 1 } })).begin();
    await expect(failing.step(seen)).rejects.toThrow(/fails this request/);
    await expect(failing.step(seen)).rejects.toThrow(/ended with an error/);
  });

  it('stops at its budget and says which', async () => {
    const seen = { Ann: 'a', Bob: 'b' };
    const few = await made({ budget: { calls: 3 } });
    const shift = few.begin();
    await shift.step(seen);
    await expect(shift.step(seen)).rejects.toThrow(BudgetReachedError);
    await expect(few.begin().step(seen)).rejects.toThrow(/3 of 3 calls/);
    expect(shift.trace.steps).toHaveLength(1);
    const tokens = (
      await made({ agents: languageModel('{"action":"ask","confidence":1}'), budget: { tokens: 20 } })
    ).begin();
    await tokens.step(seen);
    await expect(tokens.step(seen)).rejects.toThrow(/24 of 20 tokens/);
    const usd = (await made({ budget: { usd: 1 } })).begin();
    await expect(usd.step(seen)).rejects.toThrow(/reports no costs/);
    await expect(made({ budget: { calls: 0 } })).rejects.toThrow(/calls are 0/);
  });

  it('drops a step when a signal aborts, the team’s or the step’s', async () => {
    const seen = { Ann: 'a', Bob: 'b' };
    const slow = { id: 'scripted', latencyMs: 60_000 };
    const stop = new AbortController();
    const shift = (await made({ agents: slow, signal: stop.signal })).begin();
    const step = shift.step(seen);
    stop.abort(new Error('enough'));
    await expect(step).rejects.toThrow('enough');
    const other = (await made({ agents: slow })).begin();
    await expect(other.step(seen, { signal: AbortSignal.timeout(1) })).rejects.toThrow(/timeout/i);
    await expect(made({ signal: stop.signal })).rejects.toThrow('enough');
  });
});
