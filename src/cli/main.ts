import { Command, CommanderError } from 'commander';
import pc from 'picocolors';
import { version } from '../api/version.ts';
import { AgentMeshError, exitCodes, fileError, displayBlock } from '../core/index.ts';
import { analyzeCommand } from './analyze.ts';
import { completionCommand } from './completion.ts';
import { doctorCommand } from './doctor.ts';
import { exportCommand } from './export.ts';
import { initCommand } from './init.ts';
import { modelsCommand } from './models.ts';
import { note } from './output.ts';
import { reportCommand } from './report.ts';
import { runCommand } from './run.ts';
import { statusCommand } from './status.ts';
import { strategiesCommand } from './strategies.ts';
import { tasksCommand } from './tasks.ts';
import { trainCommand } from './train.ts';
import { viewCommand } from './view.ts';

function buildProgram(): Command {
  const program = new Command('agentmesh')
    .description(
      'Which coordination strategy suits your team of language-model agents? Runs controlled studies and says.',
    )
    .version(version)
    .showSuggestionAfterError()
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => process.stdout.write(displayBlock(text)),
      writeErr: (text) => process.stderr.write(displayBlock(text)),
    })
    .configureHelp({ sortSubcommands: false })
    .addHelpText(
      'after',
      `
Everything of a study goes to ./agentmesh-data/<study>/ (--data changes it); without an argument, commands take
the latest study there.

Exit codes: 0 done, 1 the study had failures, 2 something must be put right first (the input, or the machine: a full
disk, a folder without permission, a port that is taken), 3 budget reached, 4 internal error, 130 interrupted.

Examples:
  agentmesh init                       write study.yaml
  agentmesh run                        run it, or go on with it
  agentmesh status                     how far it is
  agentmesh tasks show coverage        what the agents of a task read`,
    );
  for (const add of [
    initCommand,
    runCommand,
    statusCommand,
    analyzeCommand,
    reportCommand,
    viewCommand,
    exportCommand,
    tasksCommand,
    modelsCommand,
    strategiesCommand,
    trainCommand,
    doctorCommand,
    completionCommand,
  ]) {
    add(program);
  }
  for (const command of program.commands) command.exitOverride();
  return program;
}

/** Runs the command line and sets the exit code; never throws. */
export async function main(args: readonly string[]): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that closes early (`agentmesh export | head`) is no fault.
    if (error.code === 'EPIPE') process.exit(exitCodes.done);
    fail(fileError(error, 'standard output'));
    process.exit();
  });
  // Where messages cannot be shown, the exit code still tells.
  process.stderr.on('error', () => {});
  try {
    await buildProgram().parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has printed its own message; help and version are no errors.
      process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.refused;
    } else fail(error);
  }
}

/** Says what went wrong and sets the exit code. */
function fail(error: unknown): void {
  if (error instanceof AgentMeshError) {
    note(error.message, pc.red('Error: '));
    process.exitCode = error.exitCode;
  } else {
    note(` (a fault of AgentMesh-STM ${version}, please report it):`, pc.red('Internal error'));
    note(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exitCode = exitCodes.internalError;
  }
}
