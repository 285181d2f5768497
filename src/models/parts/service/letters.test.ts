import { expect, it } from 'vitest';
import type { ChatReply, TokenCandidate } from './chat-service.ts';
import { askLetters, letterCall } from './letters.ts';

const request = {
  prefix: 'Rules.',
  prompt: 'Where to?',
  candidates: ['north', 'south'],
  temperature: 1,
  seed: 0,
};

/** What is made of these answers, one after the other; undefined stands for one without candidates. */
function asked(...answers: (Readonly<Record<string, number>> | undefined)[]) {
  const replies = answers.map((tokens): ChatReply => {
    const candidates = Object.entries(tokens ?? {}).map(([token, p]): TokenCandidate => ({
      token,
      logprob: Math.log(p),
    }));
    return { text: 'I', usage: {}, ...(tokens && { logprobs: [candidates] }) };
  });
  return askLetters(request, { ...letterCall(request), temperature: 1 }, () =>
    Promise.resolve(replies.shift()!),
  );
}

it('letters share what they have of the answer, and what they have is told', async () => {
  const { distribution, mass } = await asked({ I: 0.9, ' A': 0.03, B: 0.01, The: 0.06 });
  expect(distribution![0]).toBeCloseTo(0.75, 12);
  expect(mass).toBeCloseTo(0.04, 12);
});

it('an answer that had to be asked for again had none of it', async () => {
  const { distribution, mass } = await asked({ I: 0.9, The: 0.1 }, { A: 1 });
  expect([distribution, mass]).toEqual([[1, 0], 0]);
});

it('what is not reported is not told', async () => {
  const { distribution, mass } = await asked(undefined, { A: 0.5, B: 0.5 });
  expect([distribution, mass]).toEqual([[0.5, 0.5], undefined]);
  expect(await asked(undefined, undefined)).not.toHaveProperty('mass');
});
