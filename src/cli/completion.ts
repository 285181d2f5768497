import { Argument, type Command } from 'commander';
import { print } from './output.ts';

export function completionCommand(program: Command): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .description('print a completion script for your shell')
    .addHelpText(
      'after',
      `
Examples:
  source <(agentmesh completion bash)
  agentmesh completion zsh > ~/.zfunc/_agentmesh
  agentmesh completion fish > ~/.config/fish/completions/agentmesh.fish`,
    )
    .action((shell: 'bash' | 'zsh' | 'fish') => {
      print(scripts[shell](words(program)));
    });
}

interface Words {
  readonly name: string;
  readonly description: string;
  readonly flags: readonly string[];
  readonly subcommands: readonly string[];
}

function words(program: Command): Words[] {
  return program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    flags: [...command.options, ...command.commands.flatMap((sub) => sub.options)].flatMap((o) =>
      o.long ? [o.long] : [],
    ),
    subcommands: command.commands.map((sub) => sub.name()),
  }));
}

const scripts = { bash, zsh, fish };

function bash(commands: readonly Words[]): string {
  const cases = commands
    .map(
      (c) =>
        `    ${c.name}) COMPREPLY=($(compgen -W "${[...c.subcommands, ...new Set(c.flags)].join(' ')}" -- "$word") $(compgen -f -- "$word"));;`,
    )
    .join('\n');
  return `_agentmesh() {
  local word="\${COMP_WORDS[COMP_CWORD]}"
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map((c) => c.name).join(' ')}" -- "$word"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases}
  esac
}
complete -F _agentmesh agentmesh`;
}

function zsh(commands: readonly Words[]): string {
  const quoted = (text: string) => text.replace(/'/g, "'\\''").replace(/:/g, '\\:');
  const cases = commands
    .map((c) => `    ${c.name}) compadd -- ${[...c.subcommands, ...new Set(c.flags)].join(' ')}; _files;;`)
    .join('\n');
  return `#compdef agentmesh
_agentmesh() {
  if (( CURRENT == 2 )); then
    local -a commands
    commands=(${commands.map((c) => `'${c.name}:${quoted(c.description)}'`).join(' ')})
    _describe command commands
    return
  fi
  case "$words[2]" in
${cases}
  esac
}
compdef _agentmesh agentmesh`;
}

function fish(commands: readonly Words[]): string {
  const quoted = (text: string) => `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;
  return commands
    .flatMap((c) => [
      `complete -c agentmesh -n __fish_use_subcommand -a ${c.name} -d ${quoted(c.description)}`,
      ...c.subcommands.map(
        (sub) => `complete -c agentmesh -n '__fish_seen_subcommand_from ${c.name}' -a ${sub}`,
      ),
      ...[...new Set(c.flags)].map(
        (f) => `complete -c agentmesh -n '__fish_seen_subcommand_from ${c.name}' -l ${f.slice(2)}`,
      ),
    ])
    .join('\n');
}
