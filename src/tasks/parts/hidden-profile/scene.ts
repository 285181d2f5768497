import type { ScenePanel, TablePanel, TalkPanel } from '../../../contracts/index.ts';
import type { Clue } from './draw.ts';
import {
  type HiddenProfileState,
  knownSums,
  optionWords,
  type ProfileWorld,
  type ViewOptions,
} from './view.ts';

/** The clues, who holds them, and the talk; an agent's own view holds its clues and those it heard. */
export function profileScene(
  view: ViewOptions,
  world: ProfileWorld,
  state: HiddenProfileState,
  viewer?: number,
): readonly ScenePanel[] {
  return [
    talk(view, world, state),
    viewer === undefined ? allClues(view, world, state) : ownClues(view, world, state, viewer),
  ];
}

const content = ({ option, weight }: Clue) => `${optionWords[option]} ${weight > 0 ? '+' : ''}${weight}`;

function talk({ rounds, acts }: ViewOptions, world: ProfileWorld, state: HiddenProfileState): TalkPanel {
  return {
    kind: 'talk',
    rounds: state.log.map((joint, round) => ({
      title: round < rounds ? `Round ${round + 1}` : 'Vote',
      lines: joint.map((action, agent) => ({
        agent,
        text:
          action < acts.ask ? `${acts.words[action]} (${content(world.clues[action])})` : acts.words[action],
      })),
    })),
  };
}

function allClues(
  { names, options }: ViewOptions,
  world: ProfileWorld,
  { said }: HiddenProfileState,
): TablePanel {
  const words = optionWords.slice(0, options);
  return {
    kind: 'table',
    title: 'Clues',
    header: ['clue', ...words, 'held by', 'shared'],
    rows: [
      ...world.clues.map((clue, k) => [
        String(k + 1),
        ...weightCells(words.length, clue),
        clue.holders.length === names.length ? 'all' : clue.holders.map((i) => names[i]).join(', '),
        (said >> k) & 1 ? 'yes' : '',
      ]),
      ['sum', ...world.pooledSums.map(String), '', ''],
      ['pays', ...world.rewards.map((reward) => reward.toFixed(2)), '', ''],
    ],
  };
}

function ownClues(
  { names, options, tellSums }: ViewOptions,
  world: ProfileWorld,
  state: HiddenProfileState,
  viewer: number,
): TablePanel {
  const words = optionWords.slice(0, options);
  const hand = world.hands[viewer];
  return {
    kind: 'table',
    title: 'Clues that you know',
    header: ['clue', ...words, 'from'],
    rows: [
      ...world.clues.flatMap((clue, k) => {
        const own = (hand >> k) & 1;
        if (!own && !((state.said >> k) & 1)) return [];
        const speaker = state.log.flatMap((joint) => joint).indexOf(k) % names.length;
        return [[String(k + 1), ...weightCells(words.length, clue), own ? 'you' : names[speaker]]];
      }),
      ...(tellSums ? [['sum', ...knownSums(world, state.said, viewer).map(String), '']] : []),
    ],
  };
}

function weightCells(options: number, { option, weight }: Clue): string[] {
  return Array.from({ length: options }, (_, o) => (o === option ? String(weight) : ''));
}
