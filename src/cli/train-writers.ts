import type { JsonObject, TeamEvaluation, TrainedWriters } from '../api/index.ts';
import { InputError } from '../core/index.ts';
import { columns, note, print, printJson } from './output.ts';
import type { TrainFlags } from './train-flags.ts';
import type { TrainingDisplay } from './training-progress.ts';

/** Trains a team of language models, and tells how it does while it goes on. */
export async function trainWritersCommand(
  flags: Omit<TrainFlags, 'param'> & { readonly param: JsonObject },
  signal: AbortSignal,
  display: TrainingDisplay,
): Promise<void> {
  if (flags.without.length > 0)
    throw new InputError('A team of language models has no parts to take away: leave out --without.');
  const { trainTeam } = await import('../api/train-writers.ts');
  const { agents } = flags;
  const result = await trainTeam({
    ...{ strategy: flags.strategy, task: flags.task, seed: flags.seed, signal, onNote: note },
    options: { ...flags.param, ...(agents !== undefined && { models: agents.split(',') }) },
    ...(flags.study !== undefined && { studyFile: flags.study }),
    ...(flags.weights !== undefined && { folder: flags.weights }),
    ...(flags.samples !== undefined && { samples: flags.samples }),
    onLine: ({ update, return: meanReturn, warnings }, updates) => {
      display.show({ update, updates, loss: 0, meanReturn });
      for (const warning of warnings) note(warning);
    },
    onEvaluation: (update, evaluation) => {
      note(`after ${update} updates: ${evaluationText(evaluation)}`);
      if (flags.watch)
        for (const [k, text] of evaluation.example.entries()) note(`  agent ${k + 1}: ${text}`);
    },
  });
  display.end();
  if (flags.json) printJson(result);
  else print(resultText(result));
}

const number = (x: number) => x.toFixed(3);

function evaluationText({ return: value, standardError, problems, measures }: TeamEvaluation): string {
  const told = Object.entries(measures).map(([name, x]) => `${name} ${x.toFixed(2)}`);
  return `return ${value.toFixed(2)} (s.e. ${standardError.toFixed(2)}, ${problems} problems it was not trained on); ${told.join(', ')}`;
}

function resultText(result: TrainedWriters): string {
  const {
    strategy,
    task,
    seed,
    cached,
    test,
    best,
    contributions = [],
    updates,
    jointEvaluations,
    stopped,
  } = result;
  const names = Object.keys(test.best.measures);
  const row = (what: string, { return: value, measures }: TeamEvaluation) => [
    what,
    number(value),
    ...names.map((name) => number(measures[name] ?? 0)),
  ];
  return [
    `${strategy} on ${task}, training seed ${seed}${cached ? ' (trained before)' : ''}: ${updates} updates, ` +
      `${jointEvaluations} joint answers tried`,
    ...(stopped === undefined ? [] : [stopped]),
    `On ${test.best.problems} problems of the split "test", one answer each at temperature 1:`,
    columns([
      ['', 'return', ...names],
      row('untrained', test.first),
      row('after the last update', test.last),
      row(`kept, of update ${best.update}`, test.best),
    ]),
    ...contributions.map(
      ({ agent, silent, elsewhere }) =>
        `Without the text of ${agent} the return falls by ${number(silent)}; with its text about another problem, by ${number(elsewhere)}.`,
    ),
    `Training took ${result.cpuSeconds.toFixed(0)} processor seconds.`,
    `Weights, and the learning curve with texts before and after in report.md: ${result.folder}`,
  ].join('\n');
}
