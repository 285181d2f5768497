import { type Command, InvalidArgumentError, Option } from 'commander';
import type { GivenUntil, LookTaken, Progress, RunSummary, ServiceWait } from '../api/index.ts';
import { findStudyFile } from '../api/places.ts';
import { exitCodes, InterruptedError, systemClock } from '../core/index.ts';
import { dataOption } from './options.ts';
import { note, print, printJson, programName } from './output.ts';
import { progressDisplay } from './progress.ts';
import { firstUseLines, loadLines } from './training-progress.ts';
import { quoteText } from './quote-text.ts';
import { untilHelp, untilOption, untilText } from './until.ts';
import { type Commands, doubtfulLines, nextSteps, openEnds, resultText } from './run-text.ts';

interface RunFlags {
  readonly data: string;
  readonly json?: boolean;
  readonly retryFailed?: boolean;
  readonly playAgain?: boolean;
  readonly record?: boolean;
  readonly replay?: string;
  readonly until?: GivenUntil;
  readonly quote?: boolean;
  readonly pilot?: number;
  readonly probe: boolean;
  readonly train: boolean;
  readonly acceptUnreadable?: boolean;
  readonly allowPython?: boolean;
}

export function runCommand(program: Command): void {
  program
    .command('run [study]')
    .description('run a study file, or go on with it where it stopped')
    .addOption(dataOption())
    .option('--retry-failed', 'play runs again that could not finish before')
    .option('--play-again', 'play a study again whose results an earlier version played by other rules')
    .option('--record', 'record what models are asked and answer, in cassette.jsonl beside the results')
    .option('--replay <file>', 'answer from a recording, offline; stop at the first call that is not in it')
    .addOption(new Option('--until <most>', untilHelp).argParser(untilOption))
    .option('--quote', 'play a pilot and say what the study will cost and can find; its runs are kept')
    .addOption(
      new Option('--pilot <seeds>', 'seeds of the pilot for --quote').default(2).argParser((text) => {
        const seeds = Number(text);
        if (Number.isInteger(seeds) && seeds >= 1) return seeds;
        throw new InvalidArgumentError('It must be a whole number from 1.');
      }),
    )
    .option('--no-probe', 'do not ask services beforehand what reaches them of temperature, seed and limits')
    .option('--accept-unreadable', 'start although a model gave no answer that could be read')
    .option(
      '--no-train',
      'refuse a study that needs networks nobody has trained, instead of training them first',
    )
    .option(
      '--allow-python',
      'let tasks run programs in Python that models write: limits hold off much, and where they fail a program can do whatever you can',
    )
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Without an argument: study.yaml in this folder, or agentmesh.config.ts here or above.
Ctrl-C finishes what is in flight and saves, and drops what waits for a service that refuses; a second Ctrl-C drops
all of it. Starting again goes on.

Examples:
  agentmesh run
  agentmesh run studies/quick.yaml --data /tmp/data
  agentmesh run study.yaml --retry-failed
  agentmesh run study.yaml --until 80
  agentmesh run study.yaml --until seeds=400,minutes=20,margin=0.05
  agentmesh run study.yaml --quote
  agentmesh run study.yaml --record
  agentmesh run study.yaml --replay agentmesh-data/mine/cassette.jsonl --data again`,
    )
    .action(async (study: string | undefined, flags: RunFlags) => {
      const { quoteFile, runFile, scoreTableText } = await import('../api/run.ts');
      const file = study ?? findStudyFile('.');
      const data = flags.data === dataOption().defaultValue ? '' : ` --data ${flags.data}`;
      const until = flags.until === undefined ? '' : ` --until ${untilText(flags.until)}`;
      const commands: Commands = { program: programName(), file, data, until };
      const { stop, abort, release } = interruptible();
      const display = await progressDisplay(systemClock);
      try {
        const options = {
          dataDirectory: flags.data,
          record: flags.record,
          replay: flags.replay,
          playAgain: flags.playAgain,
          until: flags.until,
          probe: flags.probe,
          train: flags.train,
          onTraining: firstUseLines(systemClock),
          onNote: note,
          ...(flags.allowPython && { allowPython: true }),
          ...(flags.acceptUnreadable && { acceptUnreadable: true }),
          stop,
          abort,
          onProgress: (progress: Progress) => display.show(progress),
          onLook: ({ text }: LookTaken) => note(text),
          onLoad: loadLines(systemClock),
          onWait: (wait: ServiceWait) => display.wait(wait),
        };
        if (flags.quote) {
          const quote = await quoteFile(file, { ...options, pilotSeeds: flags.pilot });
          display.end();
          if (flags.json) printJson(quote);
          else print(`\n${quoteText(quote, `${commands.program} run ${file}${until}${data}`)}`);
          if (stop.aborted) process.exitCode = exitCodes.interrupted;
          return;
        }
        const command = `agentmesh run ${file}${until}${data}`;
        const result = await runFile(file, { ...options, retryFailed: flags.retryFailed, command });
        display.end();
        process.exitCode = exitCodeOf(result.summary);
        if (flags.json) {
          printJson(result);
          return;
        }
        print(resultText(result, scoreTableText(result.scores)));
        const open = openEnds(result.summary, commands);
        const doubtful = doubtfulLines(result, commands);
        if (doubtful.length > 0) note(`\n${doubtful.join('\n')}`);
        if (open.length > 0) note(open.join('\n'));
        else print(nextSteps(result, commands));
      } finally {
        release();
      }
    });
}

function exitCodeOf(summary: RunSummary): number {
  if (summary.ended === 'interrupted') return exitCodes.interrupted;
  if (summary.ended === 'budget') return exitCodes.budgetReached;
  return summary.failed > 0 ? exitCodes.studyHadFailures : exitCodes.done;
}

/** The first interrupt stops gently, the second at once. */
function interruptible() {
  const stop = new AbortController();
  const abort = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) {
      abort.abort(new InterruptedError('Interrupted.'));
      return;
    }
    stop.abort(new InterruptedError('Interrupted before the study began. Nothing was played.'));
    note(
      '\nStopping: finishing the episodes in flight; no service is waited for any more. Press Ctrl-C again to drop them.',
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const release = () => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  };
  return { stop: stop.signal, abort: abort.signal, release };
}
