import type { Answer, Together } from '../contracts/index.ts';
import { composeSinglePrompt, type SeenMember } from '../prompt/index.ts';
import { choosesForTeams } from './abilities.ts';
import { readAnswers } from './acting.ts';
import { askModel } from './asking/index.ts';
import type { Asked, SeatedMember } from './member.ts';
import { callOf } from './question.ts';
import { repetition } from './repeat.ts';
import { modelOf } from './setting.ts';
import type { Step } from './step.ts';
import { TruncatedError } from './truncated.ts';

const words = { kind: 'words' } as const;

/** One question about everybody, where the first agent's model can answer it and everybody chooses. */
export function togetherOf(step: Step, members: readonly SeatedMember[]): Together | undefined {
  const model = modelOf(step.setting, 0);
  if (!choosesForTeams(model)) return undefined;
  const offers = members.flatMap(({ offer }) => (offer.kind === 'choice' ? [offer.actions] : []));
  if (offers.length < members.length) return undefined;
  const { task, temperature } = step.setting;
  const choosing = members.flatMap((_, agent) => (offers[agent].length > 1 ? [agent] : []));
  const [first] = choosing;
  const seen = () =>
    members.map(({ name }, agent): SeenMember => ({
      name,
      observation: step.observe(agent),
      availableActions: offers[agent].map((a) => task.actions[a]),
    }));

  const ask = async (sample: number): Promise<readonly Asked[]> => {
    const all = seen();
    const prompt = composeSinglePrompt(all);
    const team = choosing.map((agent) => ({ name: all[agent].name, actions: all[agent].availableActions }));
    const request = {
      ...{ prefix: task.rules, prompt, actions: [], temperature, seed: step.seed(first), team },
      ...callOf(step, 'the team'),
    };
    const reply = await askModel(model, repetition(request, sample), step.signal);
    const { usage, answer, sent, confidence } = reply;
    if (reply.truncated) throw new TruncatedError('The prompt for the whole team did not fit the model.');
    // What was asked once stands with the first of those who choose.
    const told = { ...(answer !== undefined && { answer }), usage, ...(sent && { sent }) };
    return members.map((_, agent): Asked => {
      const question = { choose: true as const, sees: members.map((__, k) => k), sample };
      const place = choosing.indexOf(agent);
      if (place < 0) return { question, answer: { distribution: [1], usage: {} } };
      const action = reply.team?.[place];
      const decision = { ...(action !== undefined && { action }), usage };
      const reading = readAnswers([decision], words, offers[agent].length);
      const own = agent === first;
      return {
        question,
        ...(own && { prompt, told }),
        reading: own && confidence !== undefined ? { ...reading, confidence } : reading,
        form: words,
        answer: {
          ...(action !== undefined && { answered: offers[agent][action] }),
          usage: own ? usage : {},
        },
      };
    });
  };

  return {
    ask: async (sample = 0) => {
      if (choosing.length === 0) return members.map(() => ({ distribution: [1], usage: {} }));
      let all: readonly Asked[] = [];
      await members[first].record(async () => {
        all = await ask(sample);
        return all[first];
      });
      return all.map((asked, agent): Answer => {
        if (agent !== first) members[agent].asked.push(asked);
        return asked.answer;
      });
    },
    reads: () => task.rules.length + composeSinglePrompt(seen()).length,
  };
}
