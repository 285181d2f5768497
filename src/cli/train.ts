import { type Command, Option } from 'commander';
import type { LearnedTable, StrategyPart, TrainResult } from '../api/index.ts';
import { exitCodes, systemClock } from '../core/index.ts';
import { assignments, wholeNumber } from './options.ts';
import { columns, note, print, printJson } from './output.ts';
import type { TrainFlags } from './train-flags.ts';
import { trainWritersCommand } from './train-writers.ts';
import { trainingDisplay } from './training-progress.ts';

export function trainCommand(program: Command): void {
  program
    .command('train')
    .description(
      "train a strategy for a task: a network in the task's simulator, or the agents' own language models",
    )
    .requiredOption(
      '--strategy <id>',
      'what to train: vdn, qmix, coma, commnet, independent, magrpo, or your own',
    )
    .requiredOption('--task <id>', 'what to train it for')
    .option('--seed <n>', 'training seed; a run with seed s uses training s mod 10', wholeNumber('--seed'), 0)
    .addOption(
      new Option('--without <part>', 'train the variant without this part: credit, messages or shaping')
        .argParser((part: string, before: StrategyPart[]) => [...before, part as StrategyPart])
        .default([] as StrategyPart[], 'none'),
    )
    .option('--param <name=value>', 'an option of the task or of the training, repeatable', assignments, {})
    .option(
      '--study <file>',
      'a study whose own tasks and strategies can be named (default: that of this folder)',
    )
    .option(
      '--weights <folder>',
      'where weights are kept (default: agentmesh-data/weights, where studies look)',
    )
    .option('--agents <models>', 'language models to train: one for all agents, or one for each, with commas')
    .option('--watch', 'print what the agents write about one problem as they learn')
    .option(
      '--samples <file>',
      'write all texts that language models are trained on: a .jsonl or .parquet file',
    )
    .option('--json', 'print the result as JSON, with the learned tables of small tasks')
    .addHelpText(
      'after',
      `
A training is kept under all that it depends on, so asking for it again costs nothing. Ctrl-C stops it; the same
command goes on from there, also after a crash, and comes to the same weights.

Examples:
  agentmesh train --strategy qmix --task two-step-game --seed 1
  agentmesh train --strategy vdn --task matrix-game --param 'payoff=[[1,4,2],[0,3,1],[2,5,3]]' --param exploration=uniform --json
  agentmesh train --strategy coma --task coverage --param grid=9 --param agents=4
  agentmesh train --strategy vdn --task my-task --study my-study.ts
  agentmesh train --strategy magrpo --task pair-programming --watch
  agentmesh train --strategy magrpo --task pair-programming --agents pocket-code-140k,pocket-code-35k --param updates=60`,
    )
    .action(async (flags: TrainFlags) => {
      const { trainForTask } = await import('../api/train.ts');
      const { trainsModels } = await import('../api/train-writers.ts');
      const stop = new AbortController();
      const onSignal = () => stop.abort(new Interrupted());
      process.once('SIGINT', onSignal);
      const display = await trainingDisplay(systemClock);
      try {
        if (await trainsModels(flags.strategy, flags.study)) {
          await trainWritersCommand(flags, stop.signal, display);
          return;
        }
        const result = await trainForTask({
          strategy: flags.strategy,
          task: flags.task,
          seed: flags.seed,
          without: flags.without,
          options: flags.param,
          studyFile: flags.study,
          folder: flags.weights,
          signal: stop.signal,
          onProgress: display.show,
          onNote: note,
        });
        display.end();
        if (flags.json) printJson(result);
        else print(resultText(result));
      } catch (error) {
        display.end();
        if (!(error instanceof Interrupted)) throw error;
        note('Interrupted. The same command goes on from here and comes to the same weights.');
        process.exitCode = exitCodes.interrupted;
      } finally {
        process.off('SIGINT', onSignal);
      }
    });
}

class Interrupted extends Error {}

function resultText({ strategy, task, seed, greedy, tables = [], file, cached }: TrainResult): string {
  const { instances } = greedy;
  return [
    `${strategy} on ${task}, training seed ${seed}${cached ? ' (trained before)' : ''}`,
    `Greedy joint return ${number(greedy.return)}, score ${number(greedy.score)}` +
      (instances > 1 ? ` (mean of ${instances} fresh instances)` : ''),
    ...tables.map(tableText),
    `Weights: ${file}`,
  ].join('\n');
}

function tableText({ situation, perAgent, joint }: LearnedTable): string {
  const rows = perAgent.map((values, i) => [
    `  agent ${i + 1}`,
    ...values.map((value) => (value === null ? '-' : number(value))),
  ]);
  return [
    `\n${situation}`,
    columns(rows),
    ...(joint === undefined
      ? []
      : [`  joint ${JSON.stringify(joint, (_, x: unknown) => (typeof x === 'number' ? +x.toFixed(3) : x))}`]),
  ].join('\n');
}

const number = (x: number) => x.toFixed(3);
