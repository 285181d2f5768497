import { writerRecipeRevision } from './recipes.ts';

/** The model card of a writer as Markdown. */
export function writerCardText(card: {
  readonly id: string;
  readonly title: string;
  readonly weights: string;
  readonly shape: {
    readonly layers: number;
    readonly width: number;
    readonly heads: number;
    readonly hidden: number;
    readonly vocabulary: number;
    readonly written?: number | undefined;
  };
  readonly context: { readonly prompt: number; readonly text: number };
  readonly parameters: { readonly total: number };
  readonly training: {
    readonly seed: number;
    readonly recipe: number;
    readonly updates: number;
    readonly rows: number;
    readonly learningRate: number;
    readonly cpuMinutes: number;
    readonly node: string;
    readonly architecture: string;
    readonly curve: readonly (readonly [number, number])[];
  };
}): string {
  const { id, title, shape, context, parameters, training } = card;
  const again =
    training.recipe === writerRecipeRevision
      ? `\`npm run pretrain -- --model ${id}\``
      : `an earlier program: these weights are of recipe ${training.recipe}, and \`npm run pretrain -- --model ${id}\` follows recipe ${writerRecipeRevision}`;
  const number = (x: number) => x.toLocaleString('en');
  return `# ${id}

${title}, trained from scratch by this project. It reads the same English prompts as any other model and writes a
function in JavaScript, token by token. It knows the problems of \`pair-programming\` and nothing else, and it is not
perfect: it imitates writers that get up to a third of the pieces wrong and agree on nothing beforehand.

| | |
|---|---|
| architecture | decoder-only transformer, dense, ${shape.layers} layers of width ${shape.width}, ${shape.heads} heads, ${shape.hidden} hidden units, head tied to the embedding, key and value cache |
| parameters | ${number(parameters.total)} |
| vocabulary | ${shape.vocabulary} tokens, words and signs joined by byte-pair encoding; ${shape.written ?? shape.vocabulary} of them it can write |
| context | ${context.prompt} tokens of prompt, ${context.text} of text; the rules of a task are not read |
| weights | \`weights.safetensors\`, float16, SHA-256 \`${card.weights}\` |
| trained on | ${number(training.updates * training.rows)} demonstrations (\`docs/methods/magrpo.md\`) of problems to train on, ${number(training.updates)} updates of ${training.rows} |
| settings | Adam, learning rate ${training.learningRate} after a short rise, falling linearly; seed ${training.seed} |
| loss | ${training.curve.at(-1)?.[1].toFixed(3)} nats per token at the end, from ${training.curve[0]?.[1].toFixed(3)} in the first stretch |
| took | ${training.cpuMinutes} minutes of one core, Node ${training.node}, ${training.architecture} |
| made again by | ${again} |

## What it is for

Teams of it are trained: \`agentmesh train --strategy magrpo --task pair-programming\`. Findings about it concern this
checkpoint and this grammar.
`;
}
