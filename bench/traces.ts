/**
 * How many bytes the stored trace of a debate takes for each byte that its agents read and wrote.
 *
 * Five agents speak in three rounds and choose, over the scripted writer: once its few words, once as many as it may.
 */
import { z } from 'zod';
import {
  act,
  type EpisodeRecord,
  memoryStore,
  type Note,
  run,
  say,
  type StrategyDefinition,
} from '../src/api/index.ts';
import { encodeTrace } from '../src/store/trace-codec.ts';

const rounds = 3;
const debate: StrategyDefinition = {
  ...{ id: 'debate', title: 'Debate', revision: 1, parts: [], optionsSchema: z.strictObject({}) },
  create: async () => ({
    ...{ fingerprint: {}, asks: ['choice', 'text'] },
    begin: () => ({
      decide: async ({ members }) => {
        const notes: Note[] = [];
        for (let round = 1; round <= rounds; round++) {
          const heard = [...notes];
          const said = await Promise.all(members.map((member) => say(member, 60, heard)));
          said.forEach((text, from) => notes.push({ kind: 'words', from, round, text }));
        }
        return Promise.all(members.map((member) => act(member, notes)));
      },
    }),
  }),
};

const bytes = (text = '') => Buffer.byteLength(text);

/** Bytes of all texts of an episode: what was read, and what was written. */
function textsOf({ steps }: EpisodeRecord) {
  const asked = steps.flatMap(({ agents }) => agents.flatMap((agent) => [...(agent.questions ?? []), agent]));
  const sum = (sizes: readonly number[]) => sizes.reduce((a, b) => a + b, 0);
  return {
    questions: asked.length,
    read: sum(asked.map(({ prompt }) => bytes(prompt))),
    written: sum(asked.map(({ answer }) => bytes(answer))),
  };
}

for (const text of ['words', 'echo'] as const) {
  const store = memoryStore();
  const models = [{ id: 'scripted', text }];
  await run({ name: 'debate', models, strategies: [debate], tasks: ['lever-pulling'], seeds: 20 }, { store });
  const sum = { questions: 0, read: 0, written: 0, stored: 0 };
  for (const { hash } of (await store.study())!.runs) {
    const episode = (await store.episode(hash, 0))!;
    const { questions, read, written } = textsOf(episode);
    sum.questions += questions;
    sum.read += read;
    sum.written += written;
    sum.stored += encodeTrace(episode.steps).byteLength;
  }
  const { questions, read, written, stored } = sum;
  console.log(
    `${text}: ${questions} questions, ${read} bytes read, ${written} written, ${stored} stored: ` +
      `${(stored / (read + written)).toFixed(2)} for each byte read or written, ${(stored / written).toFixed(2)} for each written`,
  );
}
