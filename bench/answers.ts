/**
 * What it takes to read an answer in words: the slowest of hostile shapes of 8,000 characters, and a common one.
 *
 * CPU time of this process, the least of five tries, after a warm-up. `--all` prints every shape.
 */
import { hostileAnswers } from '../test/support/hostile-answers.ts';
import { parseAnswer, parseTeamAnswer } from '../src/episode/asking/parse-answer.ts';
import { printFigures, reportLoad } from './parts/measure.ts';

const actions = ['stay', 'north', 'start 1', 'start 10', 'vote red'];
const team = ['Ann', 'Bob', 'Cal'].map((name) => ({ name, actions }));
const read = (text: string) => [parseAnswer(text, actions), parseTeamAnswer(text, team)];

/** Milliseconds of one call among `calls`. */
function leastMs(work: () => unknown, calls = 1): number {
  const tries = Array.from({ length: 5 }, () => {
    const start = process.cpuUsage();
    for (let call = 0; call < calls; call++) work();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000 / calls;
  });
  return Math.min(...tries);
}

for (const { text } of hostileAnswers(1000)) read(text);
const shapes = hostileAnswers(8000).map(({ name, text }) => ({ name, ms: leastMs(() => read(text)) }));
shapes.sort((a, b) => b.ms - a.ms);
const common = 'Beacon 1 is near.\n```json\n{"action": "north", "confidence": 0.8,}\n```';

if (process.argv.includes('--all'))
  for (const { name, ms } of shapes) console.log(`${ms.toFixed(2)} ms  ${name}`);
const [slowest] = shapes;
const within = printFigures([
  {
    what: `slowest of ${shapes.length} shapes, ${slowest.name}`,
    measured: slowest.ms,
    unit: 'ms',
    atMost: 50,
  },
  { what: 'a common answer', measured: 1000 * leastMs(() => read(common), 2000), unit: 'us', atMost: 500 },
]);
reportLoad();
if (!within) process.exitCode = 1;
