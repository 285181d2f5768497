import type { Command } from 'commander';
import type { Catalogue, JsonObject } from '../api/index.ts';
import { ownHelp, studyOption } from './options.ts';
import { columns, print, printJson } from './output.ts';

interface Listed {
  readonly id: string;
  readonly title: string;
  readonly revision: number;
  readonly optionsSchema: Catalogue['tasks'][number]['optionsSchema'];
}

interface ListConfig<Definition extends Listed> {
  readonly name: string;
  readonly description: string;
  readonly header: readonly string[];
  readonly definitions: (catalogue: Catalogue) => readonly Definition[];
  readonly row: (definition: Definition) => readonly string[];
  /** What JSON says beyond id, title, revision and options. */
  readonly json: (definition: Definition) => JsonObject;
  readonly examples: readonly string[];
}

/** A command that lists one folder of the catalogue, and what a user defines beside it. */
export function listCommand<Definition extends Listed>(
  program: Command,
  config: ListConfig<Definition>,
): Command {
  return (
    program
      .command(config.name)
      .description(config.description)
      // `tasks show x --json` is the flag of `show`.
      .enablePositionalOptions()
      .addOption(studyOption())
      .option('--json', 'print the list as JSON')
      .addHelpText('after', `\n${ownHelp}\n\nExamples:\n${config.examples.map((e) => `  ${e}`).join('\n')}`)
      .action(async (flags: { json?: boolean; study?: string }) => {
        const { builtInCatalogue, optionNames } = await import('../api/catalogue.ts');
        const { catalogueWithOwn, ownModule } = await import('../api/own-definitions.ts');
        const builtIn = new Set(config.definitions(builtInCatalogue));
        const definitions = config.definitions(await catalogueWithOwn(flags.study));
        const own = definitions.filter((definition) => !builtIn.has(definition));
        if (flags.json) {
          printJson(
            definitions.map((d) => ({
              id: d.id,
              title: d.title,
              revision: d.revision,
              options: optionNames(d),
              own: !builtIn.has(d),
              ...config.json(d),
            })),
          );
          return;
        }
        print(columns([config.header, ...definitions.map(config.row)]));
        if (own.length > 0)
          print(`\nYour own, from ${ownModule(flags.study)}: ${own.map(({ id }) => id).join(', ')}`);
      })
  );
}
