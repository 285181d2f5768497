import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import type { Model, TextReply, TextRequest } from '../contracts/index.ts';

/** Requests of different lengths, some of them after an answer that was not enough. */
export const sampleTexts: readonly TextRequest[] = [1, 2, 3, 5, 8].flatMap((size) =>
  [0, 1].map((told) => ({
    prefix: 'The team is Ann, Bob, Cal. Choose well.',
    prompt: `You are Ann. ${'Beacon 1 is 2 north 1 east. '.repeat(size)}Choose:`,
    ...(told > 0 && { turns: [{ answer: 'stay', reply: 'Choose well:' }] }),
    maxTokens: 16,
    temperature: 1,
    seed: size * 10 + told,
  })),
);

export type Write = NonNullable<Model['generate']>;

export function checkText({ maxTokens }: TextRequest, { text, usage, sent = [] }: TextReply) {
  assert.equal(typeof text, 'string');
  const { outputTokens } = usage;
  assert.ok(
    outputTokens === undefined || outputTokens <= maxTokens,
    `${outputTokens} tokens of at most ${maxTokens}`,
  );
  for (const hash of sent) assert.match(hash, /^[0-9a-f]{64}$/);
}

export async function writtenInTurn(write: Write, texts: readonly TextRequest[]) {
  const replies: TextReply[] = [];
  for (const text of texts) replies.push(await write(text));
  return replies;
}

export async function checkWriting(write: Write, other: Write, texts: readonly TextRequest[]) {
  const alone = await writtenInTurn(write, texts);
  alone.forEach((reply, k) => checkText(texts[k], reply));
  assert.deepEqual(await writtenInTurn(write, texts), alone, 'the same request has another answer');
  assert.deepEqual(await writtenInTurn(other, texts), alone, 'another instance answers otherwise');
  const together = await Promise.all([...texts, ...texts].reverse().map((text) => write(text)));
  assert.deepEqual(
    together.reverse().slice(0, texts.length),
    alone,
    'what is asked at the same time matters',
  );
}

export async function checkWritingStops(write: Write, texts: readonly TextRequest[]) {
  const reason = new Error('the study was stopped');
  await assert.rejects(write(texts[0], AbortSignal.abort(reason)), reason);
  const controller = new AbortController();
  setMaxListeners(texts.length, controller.signal);
  const underWay = texts.map((text) => write(text, controller.signal));
  controller.abort(reason);
  for (const result of await Promise.allSettled(underWay)) {
    if (result.status === 'rejected') assert.equal(result.reason, reason);
  }
}
