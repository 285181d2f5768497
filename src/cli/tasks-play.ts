import { createInterface, type Interface } from 'node:readline';
import type { Command } from 'commander';
import type { JsonObject, Play, PlayEnd, PlayedStep, PlaySituation } from '../api/index.ts';
import { exitCodes } from '../core/index.ts';
import { assignments, studyOption, wholeNumber } from './options.ts';
import { columns, print, wrapped } from './output.ts';
import { sceneText } from './scene-text.ts';

interface PlayFlags {
  readonly seed: number;
  readonly option: JsonObject;
  readonly agent?: string;
  readonly teammates?: string;
  readonly all?: boolean;
  readonly study?: string;
}

/** Adds `play` to the command `tasks`. */
export function addPlayCommand(tasks: Command): void {
  tasks
    .command('play <id>')
    .description('play one of the agents yourself, on the terminal')
    .option('--seed <n>', 'seed of the instance', wholeNumber('--seed'), 0)
    .option('--option <name=value>', 'an option of the task, repeatable', assignments, {})
    .option('--agent <name>', 'the agent that you play, by name or number (default: the first)')
    .option(
      '--teammates <who>',
      'who plays the others: expert, random, or a model such as pocket-32k (default: expert where there is one)',
    )
    .option('--all', 'show the whole situation, also what your agent cannot see')
    .addOption(studyOption())
    .addHelpText(
      'after',
      `
Answer with the number of an action or its words; q or Ctrl-C ends the game. A study file with tasks of your own in
this folder (agentmesh.config.ts, also above) is read by itself. Answers can come from a pipe, one per line.

Examples:
  agentmesh tasks play coverage
  agentmesh tasks play foraging --seed 3 --agent Bob --teammates pocket-32k
  agentmesh tasks play hidden-profile --option rounds=2 --all
  printf '1\\n1\\n' | agentmesh tasks play lever-pulling`,
    )
    .action(async (id: string, flags: PlayFlags) => {
      const { catalogueWithOwn, startPlay } = await import('../api/index.ts');
      const play = await startPlay(id, {
        seed: flags.seed,
        options: flags.option,
        agent: flags.agent,
        teammates: flags.teammates,
        catalogue: await catalogueWithOwn(flags.study),
      });
      try {
        await playOn(play, flags.all ?? false);
      } finally {
        await play.close();
      }
    });
}

async function playOn(play: Play, whole: boolean): Promise<void> {
  const { agentNames, agent, teammates } = play;
  const others = agentNames.filter((_, k) => k !== agent);
  print(
    `You are ${agentNames[agent]}. ` +
      (others.length > 0
        ? `${others.join(' and ')} ${others.length > 1 ? 'are' : 'is'} played by ${teammates}.`
        : ''),
  );
  print(`\nRules:\n${wrapped(play.rules)}`);
  const input = answers();
  try {
    for (let now = play.situation(whole); now; now = play.situation(whole)) {
      print(situationText(now, agentNames));
      const choice = await ask(now.choices, input);
      if (choice === undefined) {
        print(`\nStopped before step ${now.step} of ${now.horizon}.`);
        if (input.interrupted()) process.exitCode = exitCodes.interrupted;
        return;
      }
      print(stepText(await play.choose(choice), agentNames));
    }
    print(endText(play.end()));
  } finally {
    input.close();
  }
}

function situationText(now: PlaySituation, names: readonly string[]): string {
  return [
    `\n--- Step ${now.step} of ${now.horizon} ---`,
    ...(now.scene ? [sceneText(now.scene, names), ''] : []),
    'You read:',
    wrapped(now.prompt),
    '',
    ...now.choices.map((word, k) => `${String(k + 1).padStart(3)}  ${word}`),
  ].join('\n');
}

function stepText({ actions, credits, reward, total }: PlayedStep, names: readonly string[]): string {
  return [
    '',
    columns([['agent', 'did', 'credit'], ...names.map((name, k) => [name, actions[k], signed(credits[k])])]),
    `Team reward ${fixed(reward)}, so far ${fixed(total)}.`,
  ].join('\n');
}

function endText({ return: total, score, references, expert }: PlayEnd): string {
  const line = (who: string, value: number, theirs: number) => [who, fixed(value), theirs.toFixed(2)];
  return [
    '\n--- The end ---',
    columns([
      ['', 'return', 'score'],
      line('your team', total, score),
      line('random play', references.low, 0),
      ...(expert ? [line('a team of experts', expert.return, expert.score)] : []),
      line('oracle', references.high, 1),
    ]),
    '\nCredit is the team reward minus its mean over all actions the agent had, the others fixed.',
  ].join('\n');
}

const fixed = (x: number) => (Object.is(Number(x.toFixed(3)), -0) ? '0.000' : x.toFixed(3));
const signed = (x: number) => (Number(x.toFixed(3)) > 0 ? `+${fixed(x)}` : fixed(x));

interface Answers {
  /** Undefined once there are no more. */
  next(): Promise<string | undefined>;
  interrupted(): boolean;
  close(): void;
}

function answers(): Answers {
  const { stdin, stdout } = process;
  const terminal = stdin.isTTY && stdout.isTTY;
  const reader: Interface = createInterface({ input: stdin, ...(terminal && { output: stdout }) });
  const lines: string[] = [];
  let waiting: ((line: string | undefined) => void) | undefined;
  let open = true;
  let interrupted = false;
  reader.on('line', (line) => {
    if (!waiting) {
      lines.push(line);
      return;
    }
    waiting(line);
    waiting = undefined;
  });
  reader.on('SIGINT', () => {
    interrupted = true;
    reader.close();
  });
  reader.on('close', () => {
    open = false;
    waiting?.(undefined);
    waiting = undefined;
  });
  return {
    next: async () => {
      const question = '\nYour choice (a number, or q): ';
      if (terminal) {
        reader.setPrompt(question);
        reader.prompt();
      } else stdout.write(question);
      const line =
        lines.shift() ?? (open ? await new Promise<string | undefined>((r) => (waiting = r)) : undefined);
      // What a pipe answers is not echoed by the terminal.
      if (!terminal) print(line ?? '');
      return line;
    },
    interrupted: () => interrupted,
    close: () => reader.close(),
  };
}

/** The index of the chosen action; undefined to stop. Asks again until the answer names one. */
async function ask(choices: readonly string[], input: Answers): Promise<number | undefined> {
  for (;;) {
    const line = (await input.next())?.trim().toLowerCase();
    if (line === undefined || line === 'q' || line === 'quit') return undefined;
    const byWord = choices.findIndex((word) => word.toLowerCase() === line);
    const index = byWord >= 0 ? byWord : Number(line || NaN) - 1;
    if (Number.isInteger(index) && index >= 0 && index < choices.length) return index;
    print(
      `"${line}" is none of them. Type a number from 1 to ${choices.length}, the words of an action, or q.`,
    );
  }
}
