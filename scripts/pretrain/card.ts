import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ModelCard } from '../../src/models/parts/pocket/files.ts';
import type { TaskFigures } from './figures.ts';
import { recipeRevision } from './recipes.ts';

/** Everything `model.json` holds. */
export type FullCard = ModelCard & {
  readonly title: string;
  readonly parameters: { readonly total: number; readonly active: number };
  readonly promptRevision: number;
  readonly training: {
    readonly seed: number;
    /** Revision of the recipes; 1 where none is told. */
    readonly recipe?: number;
    readonly decisions: number;
    readonly updates: number;
    readonly rows: number;
    readonly learningRate: number;
    readonly cpuMinutes: number;
    readonly node: string;
    readonly architecture: string;
    /** Mean training loss, nats per action, over stretches of the training: [updates, loss]. */
    readonly curve: readonly (readonly [number, number])[];
  };
  readonly figures: readonly TaskFigures[];
};

/** What is kept of a training with another seed. */
export interface OtherSeed {
  readonly seed: number;
  /** SHA-256 of its weights, which are not kept. */
  readonly weights: string;
  /** Mean training loss over the last stretch. */
  readonly loss: number;
  readonly figures: readonly TaskFigures[];
}

/** Trainings of the model in `folder` with other seeds. */
export function readSeeds(folder: string): OtherSeed[] {
  const file = path.join(folder, 'seeds.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as OtherSeed[]) : [];
}

/** The model card as Markdown. */
export function cardText(card: FullCard, seeds: readonly OtherSeed[]): string {
  const { id, title, shape, parameters, training, figures, context } = card;
  const { experts, chosen = 2 } = shape;
  const { recipe = 1 } = training;
  const again =
    recipe === recipeRevision
      ? `\`npm run pretrain -- --model ${id}\``
      : `an earlier program: these weights are of recipe ${recipe}, and \`npm run pretrain -- --model ${id}\` follows recipe ${recipeRevision}`;
  const number = (x: number) => x.toLocaleString('en');
  const fixed = (x: number) => x.toFixed(3);
  const rows = figures.map(
    ({ task, score, interval, instances, accuracy, loss }) =>
      `| \`${task}\` | ${fixed(score)} | ${fixed(interval[0])} to ${fixed(interval[1])} | ${instances} | ${fixed(accuracy)} | ${fixed(loss)} |`,
  );
  return `# ${id}

${title}, trained from scratch by this project to play its four tasks. It reads the same English prompts as any
other model and answers with the words of an action. It knows nothing else.

| | |
|---|---|
| architecture | decoder-only transformer, ${experts ? `mixture of ${experts} experts (${chosen} at work)` : 'dense'}, ${shape.layers} layers of width ${shape.width}, ${shape.heads} heads, ${unitsText(shape)}${experts ? ' per expert' : ''}, ${shape.gists} gist tokens for the rules |
| parameters | ${number(parameters.total)} in all, ${number(parameters.active)} active |
| vocabulary | ${shape.vocabulary} tokens: words and short phrases of the tasks; other words are spelled |
| context | ${context.prefix + context.prompt} tokens: ${context.prefix} of rules and ${context.prompt} of prompt |
| weights | \`weights.safetensors\`, float16, SHA-256 \`${card.weights}\` |
| trained on | ${number(training.decisions)} decisions of experts (\`docs/methods/embedded-models.md\`), ${number(training.updates)} updates of ${training.rows} |
| settings | Adam, learning rate ${training.learningRate} after a short rise, falling linearly; seed ${training.seed} |
| loss | ${training.curve.at(-1)?.[1].toFixed(3)} nats per action at the end of training, from ${training.curve[0]?.[1].toFixed(3)} in its first stretch |
| took | ${training.cpuMinutes} minutes of one core, Node ${training.node}, ${training.architecture} |
| made again by | ${again} |

## How well it plays

Scores of held-out instances that neither training nor tuning has seen: 0 is random play, 1 the oracle. All agents
are this model, nothing coordinates them, actions are drawn at temperature 1. Intervals are 95% bootstrap intervals
of the mean over instances. Accuracy and loss (nats) compare with the expert's choice on held-out demonstrations.

| task | score | interval | instances | accuracy | loss |
|---|---|---|---|---|---|
${rows.join('\n')}

${seedsText(card, seeds)}## What it is not

It has learned to imitate these experts on these tasks. What it does elsewhere, on words that it has to spell, or on
options far from those in its corpus means nothing. Findings about it concern this checkpoint: another seed gives
another model.
`;
}

function unitsText({ hidden, lastHidden = hidden }: FullCard['shape']): string {
  return lastHidden === hidden
    ? `${hidden} hidden units`
    : `${hidden} hidden units (${lastHidden} in the last layer)`;
}

/** Per task, the scores of the model and of its other seeds, their mean and standard deviation. */
export function seedScores(card: Pick<FullCard, 'figures'>, seeds: readonly Pick<OtherSeed, 'figures'>[]) {
  return card.figures.map(({ task }) => {
    const scores = [card, ...seeds].map(
      ({ figures }) => figures.find((f) => f.task === task)?.score ?? Number.NaN,
    );
    const mean = scores.reduce((sum, x) => sum + x, 0) / scores.length;
    const deviation = Math.sqrt(scores.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (scores.length - 1));
    return { task, scores, mean, deviation };
  });
}

/** How much a checkpoint's luck matters, where other seeds were trained. */
function seedsText(card: FullCard, seeds: readonly OtherSeed[]): string {
  if (seeds.length === 0) return '';
  const rows = seedScores(card, seeds).map(
    ({ task, scores, mean, deviation }) =>
      `| \`${task}\` | ${[...scores, mean, deviation].map((x) => x.toFixed(3)).join(' | ')} |`,
  );
  const numbers = [card.training.seed, ...seeds.map(({ seed }) => seed)];
  return `## Other pre-training seeds

The same training with other seeds, which fix the first weights and the order of the demonstrations. Scores as
above, over the same instances; the weights of the other seeds are not kept. The last column is the standard
deviation over the ${numbers.length} seeds.

| task | ${numbers.map((seed) => `seed ${seed}`).join(' | ')} | mean | deviation |
|${'---|'.repeat(numbers.length + 3)}
${rows.join('\n')}

`;
}
