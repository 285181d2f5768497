import type { RandomStream } from '../../../src/core/index.ts';
import {
  composeWith,
  laterText,
  observationOfAll,
  speakInstruction,
  toldParts,
  writeInstruction,
} from '../../../src/prompt/index.ts';
import { teamNames } from '../../../src/tasks/parts/names.ts';
import {
  problemNamed,
  problemNames,
  type Problem,
} from '../../../src/tasks/parts/pair-programming/grammar.ts';
import { problemText } from '../../../src/tasks/parts/pair-programming/wording.ts';
import { talkOptions } from '../../../src/strategies/parts/protocol/seats.ts';
import { pairProgrammingOptions } from '../../../src/tasks/pair-programming.ts';
import {
  anyPieces,
  helperProgram,
  mainOfThree,
  mainProgram,
  type Pieces,
  piecesOfProblem,
  type Style,
  styles,
  writer,
} from './programs.ts';

/** What a writer reads and what it writes. */
export interface Demonstration {
  readonly prompt: string;
  readonly text: string;
}

interface Team {
  readonly agents: 2 | 3;
  readonly information: 'split' | 'shared';
}

const { maxTokens } = pairProgrammingOptions.parse({});
const messageTokens = talkOptions.messageTokens.parse(undefined);
/** Who reads what others wrote goes along with it so often. */
const agrees = 0.85;

/** Kinds of questions, each so often of 20. */
const kinds = [
  ...Array.from({ length: 8 }, () => 'alone' as const),
  ...Array.from({ length: 4 }, () => 'after others' as const),
  ...Array.from({ length: 2 }, () => 'speaks' as const),
  ...Array.from({ length: 4 }, () => 'after a round' as const),
  ...Array.from({ length: 2 }, () => 'for all' as const),
] as const;

/** One demonstration, on a problem to train on: prompts are those of studies, word for word. */
export function demonstrate(stream: RandomStream): Demonstration {
  const team: Team = {
    agents: stream.next() < 0.75 ? 2 : 3,
    information: stream.next() < 0.65 ? 'split' : 'shared',
  };
  const problem = problemNamed(stream.pick(problemNames.train), 1);
  const kind = stream.pick(kinds);
  const agent = stream.integer(kind === 'after others' ? 1 : 0, team.agents - 1);
  const seat: Seat = { team, problem, stream, sees: kind === 'for all' ? 'everything' : 'its own' };
  const others =
    kind === 'after a round' ? team.agents : kind === 'after others' || kind === 'for all' ? agent : 0;
  const plans = plansOf(seat);
  const words = Array.from({ length: others }, (_, k) => program(seat, k, plans[k]));
  // Who heard others does what fits them; who heard nobody does as it likes.
  const fits = others > 0 && stream.next() < agrees;
  const own = fits ? fitting(plans, agent, others) : plansOf(seat)[agent];
  return {
    prompt: promptFor(seat, agent, words, kind === 'speaks' ? 'speak' : 'write'),
    text: program(seat, agent, own),
  };
}

interface Seat {
  readonly team: Team;
  readonly problem: Problem;
  readonly stream: RandomStream;
  readonly sees: 'its own' | 'everything';
}

/** How one agent means to work: its own style, and of the author how it takes each helper. */
type Plan = readonly (Style | 'alone')[];

/** A plan for everybody, each as it likes. */
function plansOf({ team, stream }: Seat): Plan[] {
  if (team.agents === 2) {
    const knowsAll = team.information === 'shared';
    // Who knows which numbers count seldom writes what it knows nothing of.
    const helper: readonly Style[] = knowsAll
      ? styles
      : ['predicate', 'filter', 'predicate', 'filter', 'transform', 'map'];
    return [[stream.pick(helper)], [stream.next() < 0.2 ? 'alone' : stream.pick(styles)]];
  }
  const first = ['predicate', 'filter', 'alone'] as const;
  const second = ['transform', 'map', 'alone'] as const;
  return [
    [stream.pick(['predicate', 'filter'])],
    [stream.pick(['transform', 'map'])],
    [first[stream.integer(0, 11) % 3], second[stream.integer(0, 11) % 3]],
  ];
}

/** What fits those that were heard. */
function fitting(plans: readonly Plan[], agent: number, heard: number): Plan {
  const author = plans.length - 1;
  if (agent < author) {
    const wanted = heard > author ? plans[author][agent] : undefined;
    return wanted === undefined || wanted === 'alone' ? plans[agent] : [wanted];
  }
  return plans.slice(0, author).map(([style]) => style);
}

function program(seat: Seat, agent: number, plan: Plan): string {
  const { team, stream } = seat;
  const imperfect = writer(stream);
  const pieces = imperfect.takes(knownBy(seat, agent));
  const author = team.agents - 1;
  if (agent < author)
    return imperfect.writes(helperProgram(pieces, plan[0] as Style, agent === 0 ? 'aux' : 'aux2'));
  if (team.agents === 2) return imperfect.writes(mainProgram(pieces, plan[0]));
  return imperfect.writes(mainOfThree(pieces, plan[0] as 'filter', plan[1] as 'map'));
}

/** What it knows of the problem; the rest is anybody's guess. */
function knownBy({ team, problem, stream, sees }: Seat, agent: number): Pieces {
  const known = piecesOfProblem(problem);
  if (team.information === 'shared' || sees === 'everything') return known;
  const { aggregate, transform, predicate } = known;
  const guess = anyPieces(stream);
  if (agent === 0) return { ...guess, predicate };
  if (team.agents === 2) return { ...guess, aggregate, transform };
  return agent === 1 ? { ...guess, transform } : { ...guess, aggregate };
}

function promptFor(
  { team, problem, sees }: Seat,
  agent: number,
  words: readonly string[],
  asked: 'write' | 'speak',
): string {
  const agentNames = teamNames(team.agents);
  const seen = (k: number) => problemText(problem, k, { ...team, turns: 1 });
  const others = agentNames.map((name, k) => ({ name, observation: seen(k) })).filter((_, k) => k !== agent);
  const notes = words.map((text, from) => ({
    ...{ kind: 'words' as const, from, round: 1, text },
    form: 'code' as const,
  }));
  const parts = {
    agentName: agentNames[agent],
    observation: sees === 'everything' ? observationOfAll({ observation: seen(agent) }, others) : seen(agent),
    ...toldParts(notes, agent, { agentNames, actions: [] }, undefined),
  };
  return composeWith(
    parts,
    asked === 'write' ? writeInstruction(maxTokens, 'code') : speakInstruction(messageTokens, laterText),
  );
}
