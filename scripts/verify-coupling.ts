/**
 * Measures how much the agents of each task depend on each other at each level of its option `coupling`, and writes
 * the table of docs/methods/coupling.md.
 *
 *   npm run verify:coupling -- [--instances 100] [--task coverage,foraging] [--options '{"sight": 1}']
 *
 * Rows of tasks that are not asked for stay as they are. With --options nothing is written: the measure of one task
 * at those options is printed. Ends with an error where a task's levels do not rise with intervals apart.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { JsonObject } from '../src/contracts/index.ts';
import { type Coupling, measureCoupling, usualSettings } from './verification/coupling.ts';
import { type CoupledTask, coupledTasks, couplingLevels } from './verification/coupling-tasks.ts';

const { values } = parseArgs({
  options: {
    instances: { type: 'string', default: '100' },
    task: { type: 'string', default: coupledTasks.map(({ definition }) => definition.id).join(',') },
    options: { type: 'string' },
    output: { type: 'string', default: 'docs/methods/coupling.md' },
  },
});
const wanted = values.task.split(',').map((id) => {
  const found = coupledTasks.find(({ definition }) => definition.id === id);
  if (!found) throw new Error(`The task "${id}" has no levels of coupling.`);
  return found;
});

function measured({ definition, belief }: CoupledTask, given: JsonObject): Coupling {
  const options = definition.optionsSchema.parse(given);
  const task = definition.create(options);
  return measureCoupling(definition.id, task, (policy) => belief(task, options, policy), {
    ...usualSettings,
    instances: Number(values.instances),
  });
}

const number = (x: number) => x.toFixed(4);

function row({ definition }: CoupledTask, coupling: string, result: Coupling): string {
  const options = definition.optionsSchema.parse({ coupling });
  const set = Object.entries(options).filter(([name]) => {
    const levels = couplingLevels.map((level) => definition.optionsSchema.parse({ coupling: level })[name]);
    return new Set(levels.map((level) => JSON.stringify(level))).size > 1;
  });
  const cells = [
    definition.id,
    coupling,
    set.map(([name, value]) => `\`${name}: ${JSON.stringify(value)}\``).join(', '),
    values.instances,
    number(result.teammates),
    result.interval.map(number).join(' to '),
    number(result.actions),
    result.expert.toFixed(2),
  ];
  return `| ${cells.join(' | ')} |`;
}

if (values.options !== undefined) {
  for (const task of wanted) console.log(measured(task, JSON.parse(values.options) as JsonObject));
} else {
  const rows = new Map<string, string[]>();
  for (const task of wanted) {
    const results = couplingLevels.map((coupling) => ({ coupling, result: measured(task, { coupling }) }));
    rows.set(
      task.definition.id,
      results.map(({ coupling, result }) => row(task, coupling, result)),
    );
    console.log(rows.get(task.definition.id)!.join('\n'));
    for (const [k, { coupling, result }] of results.slice(1).entries()) {
      const below = results[k];
      if (below.result.interval[1] < result.interval[0]) continue;
      console.log(`${task.definition.id}: the intervals of ${below.coupling} and ${coupling} are not apart.`);
      process.exitCode = 1;
    }
  }
  writeRows(values.output, rows);
}

/** Puts the rows into the table between the page's two marks, in the order of the tasks. */
function writeRows(file: string, rows: ReadonlyMap<string, readonly string[]>) {
  const page = readFileSync(file, 'utf8');
  const [begin, end] = ['<!-- measured -->\n', '<!-- end of what was measured -->'];
  const [before, rest] = page.split(begin);
  const [table, after] = rest.split(end);
  const lines = table.split('\n').filter((line) => line.startsWith('|'));
  const kept = coupledTasks.flatMap(
    ({ definition: { id } }) => rows.get(id) ?? lines.filter((line) => line.startsWith(`| ${id} |`)),
  );
  writeFileSync(file, `${before}${begin}${lines.slice(0, 2).join('\n')}\n${kept.join('\n')}\n${end}${after}`);
}
