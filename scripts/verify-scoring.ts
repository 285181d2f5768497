/**
 * Measures what the settings of scoring are worth: how often the likeliest choice of a model in a GGUF file is that of
 * the task's expert, and how probable the expert's choice is, for each answer prefix, order, calibration and kind of
 * counted tokens; and the same for lettered choices, asked over HTTP as services are. Prompts are evaluated once for all
 * settings. Writes docs/methods/scoring.md.
 *
 *   npm run verify:scoring -- [--model .cache/peers/gguf/SmolLM2-135M-Instruct.Q4_1.gguf] [--questions 20]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { format } from 'prettier';
import {
  countedTokens,
  type CountedTokens,
  distributionOf,
  scoreCandidates,
  sharedStart,
  type Token,
} from '../src/models/parts/gguf/candidates.ts';
import { openaiCompatible } from '../src/models/openai-compatible.ts';
import { loadGguf } from '../src/models/parts/gguf/runtime.ts';
import { leadOf, rotated } from '../src/models/parts/gguf/score.ts';
import { systemClock } from '../src/core/index.ts';
import { choicesText } from '../src/prompt/index.ts';
import { letterService } from './verification/letter-service.ts';
import { exampleQuestions, expertDecisions, type ScoredQuestion } from './verification/scoring-questions.ts';
import { letters, scoringPage, type Setting, settingName, type Tally } from './verification/scoring-page.ts';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: '.cache/peers/gguf/SmolLM2-135M-Instruct.Q4_1.gguf' },
    questions: { type: 'string', default: '20' },
    output: { type: 'string', default: 'docs/methods/scoring.md' },
  },
});
const count = Number(values.questions);
const file = path.resolve(values.model);
// Where `npm run test:peers` puts the library, unless it is installed elsewhere.
process.chdir(path.dirname(file));

const openings = ['', 'Action:', 'Answer:'];
const sets: Readonly<Record<string, readonly ScoredQuestion[]>> = {
  coverage: expertDecisions('coverage', count, 'any'),
  // What to share has no single right answer; what to vote for has.
  'hidden-profile': expertDecisions('hidden-profile', count, 'last'),
  questions: exampleQuestions(count),
};

const runtime = await loadGguf(
  { path: file, contextLength: 2048, batch: 1, sequences: 4, threads: 1 },
  { workers: 1 },
);
const { conversations, evaluator } = runtime;

const service = await letterService(runtime);
const lettered = await openaiCompatible.create(
  openaiCompatible.optionsSchema.parse({
    ...openaiCompatible.optionsFromArgument!(`${service.url}#lettered`),
    answer: 'probabilities',
  }),
  { clock: systemClock, workers: 1 },
);

type Found = Readonly<Record<string, { readonly logs: readonly number[]; readonly mass: number }>>;

/** The candidates' scores for every opening and kind of counted tokens, from one evaluation of the prompt. */
function scores(
  prefix: string,
  prompt: string,
  choices: readonly string[],
  kinds: readonly CountedTokens[],
): Promise<Found> {
  const head = conversations.tokens({ prefix, prompt }, '');
  return evaluator.alone(head, conversations.rulesLength(prefix, head), async ({ next }) => {
    const found: Record<string, { logs: readonly number[]; mass: number }> = {};
    await next([]);
    for (const opening of openings) {
      const lead = leadOf(opening);
      const sequences = choices.map((choice) => conversations.tokens({ prefix, prompt }, lead + choice));
      const shared = sharedStart(sequences);
      const begun = sequences[0].slice(head.length, shared);
      const tails = sequences.map((tokens) => tokens.slice(shared));
      const known = new Map<string, Promise<(token: Token) => number>>();
      const remembered = (tail: readonly Token[]) => {
        const key = tail.join();
        const distribution = known.get(key) ?? next([...begun, ...tail]);
        known.set(key, distribution);
        return distribution;
      };
      for (const counted of kinds)
        found[`${opening}|${counted}`] = await scoreCandidates(tails, counted, remembered);
    }
    return found;
  });
}

const blanks = new Map<string, Promise<Found>>();
function blank(prefix: string, shown: string, choices: readonly string[], kinds: readonly CountedTokens[]) {
  const key = JSON.stringify([prefix, shown, choices]);
  const found = blanks.get(key) ?? scores(prefix, shown, choices, kinds);
  blanks.set(key, found);
  return found;
}

const plain: Setting = { opening: '', order: 'given', calibration: 'none', tokens: 'telling' };
const tallies = new Map<string, Tally>();
const cpu = process.cpuUsage();
// The sets in turn, so that what has been written when it is stopped is of all of them.
for (let k = 0; k < count; k++) {
  for (const [set, questions] of Object.entries(sets)) {
    if (k >= questions.length) continue;
    const { prefix, prompt, choices, right } = questions[k];
    for (const order of ['given', 'rotated'] as const) {
      const kinds = order === 'given' && set !== 'hidden-profile' ? countedTokens : (['telling'] as const);
      const given = choicesText(choices);
      const shown = order === 'given' ? given : choicesText(rotated(choices, prefix, prompt));
      const asked = prompt.slice(0, prompt.length - given.length) + shown;
      const found = await scores(prefix, asked, choices, kinds);
      const unseen = await blank(prefix, shown, choices, kinds);
      await askLettered(set, order, { prefix, prompt: asked, choices, right });
      for (const opening of openings) {
        for (const tokens of kinds) {
          const { logs, mass } = found[`${opening}|${tokens}`];
          for (const calibration of ['none', 'contextual'] as const) {
            const setting: Setting = { opening, order, calibration, tokens };
            const prior = calibration === 'contextual' ? unseen[`${opening}|${tokens}`].logs : undefined;
            const p = distributionOf(logs, 1, prior);
            const tally = tallyOf(set, setting);
            tallied(tally, { p, choices, right, mass });
          }
        }
      }
    }
  }
  if (k % 5 === 4 || k === count - 1) {
    console.log(`${k + 1} questions of each set`);
    await writePage();
  }
}
await lettered.close();
await service.close();
await runtime.close();

/** The first of the choices is the letter A. */
async function askLettered(
  set: string,
  order: Setting['order'],
  { prefix, prompt, choices, right }: ScoredQuestion,
) {
  const named = order === 'given' ? choices : rotated(choices, prefix, prompt);
  const reply = await lettered.score!({ prefix, prompt, candidates: named, temperature: 1, seed: 0 });
  // A model that names no letter, asked twice, knows nothing.
  const p = reply.distribution ?? named.map(() => 1 / named.length);
  const setting: Setting = { opening: letters, order, calibration: 'none', tokens: 'telling' };
  tallied(tallyOf(set, setting), { p, choices: named, right, mass: reply.mass ?? 0 });
}

interface Answered {
  readonly p: readonly number[];
  readonly choices: readonly string[];
  readonly right: string;
  readonly mass: number;
}

function tallied(tally: Tally, { p, choices, right, mass }: Answered) {
  const best = p.indexOf(Math.max(...p));
  tally.right.push(choices[best] === right ? 1 : 0);
  tally.first.push(best === 0 ? 1 : 0);
  tally.nats.push(Math.log(Math.max(p[choices.indexOf(right)], 1e-30) * choices.length));
  tally.mass.push(mass);
  tally.chance.push(1 / choices.length);
}

function tallyOf(set: string, setting: Setting): Tally {
  const name = settingName(set, setting);
  const known = tallies.get(name) ?? { right: [], first: [], nats: [], mass: [], chance: [] };
  tallies.set(name, known);
  return known;
}

/** What has been measured so far. */
async function writePage() {
  const root = path.resolve(import.meta.dirname, '..');
  const heading = readFileSync(path.join(root, 'scripts/verification/scoring-heading.md'), 'utf8');
  const counts = Object.fromEntries(Object.keys(sets).map((set) => [set, tallyOf(set, plain).right.length]));
  const { user, system } = process.cpuUsage(cpu);
  const page = scoringPage({ heading, openings, counts, tallies, cpuSeconds: (user + system) / 1e6 });
  const output = path.resolve(root, values.output);
  writeFileSync(output, await format(page, { parser: 'markdown', filepath: output }));
}
