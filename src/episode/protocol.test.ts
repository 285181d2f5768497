import { describe, expect, it } from 'vitest';
import type { Action, Model, Protocol, ProtocolStep, TextRequest } from '../contracts/index.ts';
import { everyOffer } from '../testing/protocol-task.ts';
import { attentiveModel } from '../testing/protocol-model.ts';
import { leapingClock, virtualClock } from '../../test/support/virtual-clock.ts';
import { playEpisode } from './index.ts';

const { model } = attentiveModel({ pace: () => 0, writes: () => 'Words.' });

/** Plays with a strategy that does this in the first step, and what it likes afterwards. */
function play(first: (step: ProtocolStep) => Promise<readonly Action[]>, over: object = {}) {
  const protocol: Protocol = {
    decide: (step) =>
      step.time === 0
        ? first(step)
        : Promise.resolve(step.members.map(({ offer }) => (offer.kind === 'choice' ? offer.actions[0] : ''))),
  };
  return playEpisode({
    task: everyOffer,
    instance: 3,
    references: { low: 0, high: 3, lowStandardError: 0 },
    model,
    strategy: { fingerprint: {}, begin: () => protocol },
    strategyName: 'mine',
    temperature: 1,
    maxInteractions: 3,
    streamName: ['protocol test'],
    ...over,
  });
}

const red = [0, 0, 0] as const;

describe('a strategy that breaks its contract ends the run with its name, the step and the reason', () => {
  it.each<[string, (step: ProtocolStep) => Promise<readonly Action[]>, RegExp]>([
    [
      'an action that is not available',
      async () => [0, 7, 0],
      /"mine", in step 1: Bob was to do action 7, which is not available. It has: red, green, blue/,
    ],
    [
      'null in the place of an action',
      async () => [0, null as never, 0],
      /Bob was to do null, which is not available/,
    ],
    ['nothing', () => undefined as never, /decided for no agents/],
    [
      'an error of its own',
      () => Promise.reject(new TypeError('no plan')),
      /"mine", in step 1: it failed with "no plan"/,
    ],
    [
      'no question',
      async ({ members }) => (await members[0].ask(undefined as never), red),
      /a question to Ann asks for nothing/,
    ],
    [
      'a note that is none',
      async ({ members }) => (
        await members[0].ask({ choose: true, notes: [{ kind: 'shout' } as never] }),
        red
      ),
      /has a note that is none: {"kind":"shout"}/,
    ],
    [
      'advice that is not finite',
      async ({ members }) => (await members[0].ask({ choose: true, advice: [Number.NaN, 0, 0] }), red),
      /has the advice \[NaN, 0, 0\]\. Log-weights are finite numbers/,
    ],
    [
      'a draw with advice that is not finite',
      async ({ members }) => (members[0].draw(undefined, [Infinity, 0, 0]), red),
      /Ann was to draw with the advice \[Infinity, 0, 0\]/,
    ],
    ['a text in place of a choice', async () => [0, 'red', 0], /Bob was to do "red", which is not available/],
    ['too few actions', async () => [0], /decided for 1 agents\. There are 3: Ann, Bob, Cal/],
    [
      'an agent that does not exist, as the one who answers',
      async ({ members }) => (await members[0].ask({ choose: true, by: 3 }), red),
      /a question to Ann names agent 3\. There are 3, from 0: Ann, Bob, Cal/,
    ],
    [
      'one whose observation is read',
      async ({ members }) => (await members[0].ask({ choose: true, sees: [0, -1] }), red),
      /names agent -1/,
    ],
    [
      'one who said something',
      async ({ members }) => (
        await members[0].ask({ choose: true, notes: [{ kind: 'words', from: 9, round: 1, text: '' }] }),
        red
      ),
      /names agent 9/,
    ],
    [
      'an action that the task does not have',
      async ({ members }) => (
        await members[0].ask({ choose: true, notes: [{ kind: 'plan', from: 1, action: 5 }] }),
        red
      ),
      /names action 5, which the task does not have/,
    ],
    ['a question for nothing', async ({ members }) => (await members[0].ask({}), red), /asks for nothing/],
    [
      'a text where there are choices',
      async ({ members }) => (await members[0].ask({ write: { maxTokens: 9, as: 'action' } }), red),
      /no text is what it can do here/,
    ],
    [
      'no room for a word',
      async ({ members }) => (await members[0].ask({ write: { maxTokens: 0 } }), red),
      /at most 0 tokens/,
    ],
    [
      'advice of another length',
      async ({ members }) => (await members[0].ask({ choose: true, advice: [1] }), red),
      /1 log-weights of advice for 3 offered actions/,
    ],
    [
      'a draw from no probabilities',
      async ({ members }) => [members[0].draw([1, -1, 0]), 0, 0],
      /Ann was to draw from \[1, -1, 0\]/,
    ],
    [
      'a decision before the answers',
      async ({ members }) => (void members[0].ask({ choose: true }), red),
      /decided while 1 of its questions were under way/,
    ],
  ])('%s', async (_, first, message) => {
    await expect(play(first)).rejects.toThrow(message);
  });

  it('a text that is too long', async () => {
    const long = play(async () => red, {
      strategy: {
        fingerprint: {},
        begin: (): Protocol => ({
          decide: async ({ time }) => (time === 1 ? ['a '.repeat(41), '', ''] : red),
        }),
      },
    });
    await expect(long).rejects.toThrow(
      /in step 2: Ann was to write 82 characters, which is more than 40 tokens/,
    );
  });

  it('questions without an end, whatever it does about the error', async () => {
    const forever = play(
      async ({ members }) => {
        for (let sample = 0; ; sample++) {
          try {
            await members[1].ask({ choose: true, sample });
          } catch {
            // Goes on.
          }
        }
      },
      { questionsPerDecision: 5 },
    );
    await expect(forever).rejects.toThrow(
      /"mine", in step 1: it has asked Bob 5 questions .* would go on.*raise `questionsPerDecision`/s,
    );
  });

  it('an awaiting of something else without an end, after its time on the clock', async () => {
    const forever = (ask: boolean) => async (step: ProtocolStep) => {
      if (ask) await step.members[0].ask({ choose: true });
      return new Promise<never>(() => {});
    };
    for (const ask of [false, true]) {
      const { clock, slept } = leapingClock();
      await expect(play(forever(ask), { clock, idleTimeoutMs: 7000 })).rejects.toThrow(
        /"mine", in step 1: it has asked nobody and decided nothing for 7 s.*`idleTimeoutMs`/,
      );
      expect(slept).toEqual([7000]);
    }
  });

  it('an awaiting without an end at once when its signal aborts', async () => {
    const clock = virtualClock();
    const drop = new AbortController();
    const reason = new Error('a second Ctrl-C');
    const forever = play(() => new Promise<never>(() => {}), { clock, signal: drop.signal });
    await clock.advance(1000);
    drop.abort(reason);
    await expect(forever).rejects.toBe(reason);
  });

  it('the failure of a model, caught or not', async () => {
    const broken = { ...model, generate: () => Promise.reject(new Error('The service is down.')) };
    const caught = play(
      async ({ members }) => {
        await members[0].ask({ write: { maxTokens: 9 } }).catch(() => undefined);
        return red;
      },
      { model: broken },
    );
    await expect(caught).rejects.toThrow('The service is down.');
  });
});

it.each<[string, () => unknown, RegExp]>([
  ['nothing', () => undefined, /"mine", in step 1: `begin` gave nothing that can `decide`/],
  ['a promise', () => Promise.resolve({ decide: () => red }), /It returns a protocol, at once/],
  [
    'an error',
    () => {
      throw new Error('no seat');
    },
    /`begin` failed with "no seat"/,
  ],
])('a strategy that begins with %s ends the run with its name', async (_, begin, wrong) => {
  await expect(play(() => Promise.resolve(red), { strategy: { fingerprint: {}, begin } })).rejects.toThrow(
    wrong,
  );
});

it('an agent may draw from an answer while an earlier question to it is under way', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  let calls = 0;
  const score: Model['score'] = async (request, signal) => {
    if (calls++ === 0) await held;
    return model.score!(request, signal);
  };
  const drawn: number[] = [];
  const first = async ({ members: [ann] }: ProtocolStep) => {
    const slow = ann.ask({ choose: true, sample: 1 });
    drawn.push(ann.draw(await ann.ask({ choose: true })));
    release();
    await slow;
    return red;
  };
  await play(first, { model: { ...model, score } });
  expect(everyOffer.actions[drawn[0]]).toBeDefined();
});

it('a strategy may decide without awaiting anything', async () => {
  expect((await play(() => red as never)).steps[0].agents.map(({ action }) => action)).toEqual(red);
});

it('a strategy may await something else for a while, before, between and after its questions', async () => {
  const clock = virtualClock();
  const own = () => clock.sleep(900);
  let asked = 0;
  const played = play(
    async ({ members }) => {
      await own();
      await members[0].ask({ choose: true });
      await own();
      await Promise.all(members.map((member) => member.ask({ choose: true, sample: 1 })));
      asked++;
      await own();
      return red;
    },
    { clock, idleTimeoutMs: 1000 },
  );
  for (let k = 0; k < 5; k++) await clock.advance(900);
  expect((await played).steps[0].agents.map(({ action }) => action)).toEqual(red);
  expect(asked).toBe(1);
});

it('a model that thinks for longer than that is no idle strategy, asked at once or later', async () => {
  const { clock, slept } = leapingClock();
  const slow: Model = {
    ...model,
    score: async (request) => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      return { distribution: request.candidates.map((_, k) => (k === 0 ? 1 : 0)), usage: {} };
    },
  };
  const first = async ({ members }: ProtocolStep) => {
    await Promise.all(members.map((member) => member.ask({ choose: true })));
    await members[0].ask({ choose: true, sample: 1 });
    return red;
  };
  const { steps } = await play(first, { model: slow, clock, idleTimeoutMs: 1 });
  expect(steps[0].agents.map(({ action }) => action)).toEqual(red);
  expect(slept).toEqual([]);
});

describe('questions', () => {
  it('have seeds by their address: notes, sight and sample', async () => {
    const asked: TextRequest[] = [];
    const spy = {
      ...model,
      generate: async (request: TextRequest) => (asked.push(request), { text: 'x', usage: {} }),
    };
    const write = { maxTokens: 9 };
    const note = { kind: 'brief', text: 'Be short.' } as const;
    const ask = () =>
      play(
        async ({ members: [ann, bob] }) => {
          for (const question of [{}, { sample: 1 }, { sees: [0, 1] }, { notes: [note] }])
            await ann.ask({ write, ...question });
          await bob.ask({ write });
          return red;
        },
        { model: spy },
      );
    await ask();
    const seeds = asked.map(({ seed }) => seed);
    expect(new Set(seeds).size).toBe(5);
    await ask();
    expect(asked.slice(5).map(({ seed }) => seed)).toEqual(seeds);
    expect(asked[2].prompt).toContain('Bob sees: ');
    expect(asked[3].prompt).toContain('\nFor now: Be short.\n');
  });

  it('are all in the trace, beside the one that was acted on', async () => {
    const { steps } = await play(async ({ members }) => {
      const text = (await members[0].ask({ write: { maxTokens: 9 } })).text!;
      const notes = [{ kind: 'words', from: 0, round: 1, text }] as const;
      const answers = await Promise.all(members.map((member) => member.ask({ choose: true, notes })));
      return members.map((member, i) => member.draw(answers[i]));
    });
    const [ann, bob] = steps[0].agents;
    expect(ann.questions).toHaveLength(1);
    expect(ann.questions?.[0]).toMatchObject({ form: 'text', answer: 'Words.' });
    expect(ann.questions?.[0].usage?.outputTokens).toBe(3);
    expect(ann.prompt).toContain('Round 1, Ann (you): "Words."');
    expect(bob.questions).toBeUndefined();
    expect(bob.prompt).toContain('Round 1, Ann: "Words."');
    expect(steps[1].agents.map(({ offer, action }) => [offer, action])).toEqual([
      ['text', ''],
      ['text', ''],
      ['none', ''],
    ]);
    expect(steps.map(({ measures }) => measures)).toEqual(steps.map(({ reward }) => ({ alike: reward })));
  });

  it('know the steps before', async () => {
    const seen: unknown[] = [];
    await play(async () => red, {
      strategy: {
        fingerprint: {},
        begin: (): Protocol => ({
          decide: async ({ past, members }) => {
            seen.push([past.length, past.at(-1)?.reward, members[0].lastAction]);
            return members.map(({ offer }) => (offer.kind === 'choice' ? offer.actions[0] : ''));
          },
        }),
      },
    });
    expect(seen).toEqual([
      [0, undefined, undefined],
      [1, 1, 0],
      [2, 1, ''],
    ]);
  });
});
