/**
 * Simulates studies and tables in which nothing matters, and writes how often the analysis rejects and how often
 * its intervals cover: docs/methods/statistics-calibration.md. Goes on where it was stopped.
 *
 *   npm run verify:statistics -- [--studies 5000] [--others 1000] [--only homoscedastic,t3] [--output FILE]
 *
 * --studies is for the scenarios with a promise, --others for the rest.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { calibrateStudies, type Simulation } from '../test/calibration/calibrate-studies.ts';
import { calibrateTables, nullTables, tableTerms } from '../test/calibration/calibrate-tables.ts';
import { nullScenarios, studyTerms } from '../test/calibration/null-studies.ts';
import { addTallies, type Tallies, type Tally } from '../test/calibration/tally.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: {
    studies: { type: 'string', default: '5000' },
    others: { type: 'string', default: '1000' },
    only: { type: 'string' },
    output: { type: 'string', default: path.join(root, 'docs/methods/statistics-calibration.md') },
  },
});
const only = values.only?.split(',');
const chunk = 250;
const resamples = { terms: 99, blockMeans: 999 };

interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly promised: boolean;
  readonly kind: 'study' | 'table';
  readonly run: (simulation: Simulation) => Tallies;
}

const scenarios: Scenario[] = [
  ...nullScenarios.map((scenario): Scenario => ({
    ...scenario,
    kind: 'study',
    run: (simulation) => calibrateStudies(scenario, simulation),
  })),
  ...nullTables.map((scenario): Scenario => ({
    ...scenario,
    kind: 'table',
    run: (simulation) => calibrateTables(scenario, simulation),
  })),
]
  .filter(({ name }) => !only || only.includes(name))
  .sort((a, b) => Number(b.promised) - Number(a.promised));

/** Finished chunks belong to the code that computed them. */
function codeVersion(): string {
  const hash = createHash('sha256').update(JSON.stringify(resamples));
  for (const folder of ['src/stats', 'src/core', 'test/calibration']) {
    const files = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' });
    for (const file of files.filter((name) => name.endsWith('.ts') && !name.includes('.test.')).sort()) {
      hash.update(file).update(readFileSync(path.join(root, folder, file)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

interface Chunk {
  readonly scenario: string;
  readonly first: number;
  readonly count: number;
  readonly cpuSeconds: number;
  readonly tallies: Tallies;
}

const cache = path.join(root, '.cache/verify-statistics', `${codeVersion()}.jsonl`);
mkdirSync(path.dirname(cache), { recursive: true });
const known: Chunk[] = existsSync(cache)
  ? readFileSync(cache, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as Chunk) // prettier-ignore
  : [];

/** The chunks of a scenario: those on disk, and those that are computed now. */
function simulate(scenario: Scenario): Chunk[] {
  const wanted = Number(scenario.promised ? values.studies : values.others);
  const chunks: Chunk[] = [];
  for (let first = 0; first < wanted; first += chunk) {
    const count = Math.min(chunk, wanted - first);
    const done = known.find((c) => c.scenario === scenario.name && c.first === first && c.count === count);
    if (done) {
      chunks.push(done);
      continue;
    }
    const start = process.cpuUsage();
    const tallies = scenario.run({ first, count, resamples });
    const { user, system } = process.cpuUsage(start);
    const own = { scenario: scenario.name, first, count, cpuSeconds: (user + system) / 1e6, tallies };
    appendFileSync(cache, `${JSON.stringify(own)}\n`);
    chunks.push(own);
    process.stderr.write(`${scenario.name}: ${first + count} of ${wanted}\n`);
  }
  return chunks;
}

const percent = (tally: Tally | undefined) => (tally ? ((100 * tally.hits) / tally.of).toFixed(1) : '-');
const share = ({ hits, of }: Tally) => hits / of;

interface Verdict {
  readonly text: string;
  readonly kept: boolean;
}

function judge({ promised }: Scenario, total: Tallies, terms: readonly string[]): Verdict {
  const outside = [
    ...terms.filter((term) => Math.abs(share(total[`primary ${term}`]) - 0.05) > 0.01),
    ...['pooled', 'per task'].filter((name) => name in total && Math.abs(share(total[name]) - 0.95) > 0.01),
  ];
  if (outside.length === 0) return { text: promised ? 'promised, kept' : 'inside', kept: true };
  return { text: `${promised ? '**promised, missed**' : 'outside'}: ${outside.join(', ')}`, kept: !promised };
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

const wallStart = Date.now();
let cpuSeconds = 0;
let kept = true;
const rows: Record<Scenario['kind'], string[][]> = { study: [], table: [] };
const beside: Record<Scenario['kind'], string[][]> = { study: [], table: [] };
const others = {
  study: ['classical'],
  table: ['HC3 F', 'studentised permutation', 'plain permutation', 'plain F'],
};
for (const scenario of scenarios) {
  const chunks = simulate(scenario);
  cpuSeconds += chunks.reduce((sum, c) => sum + c.cpuSeconds, 0);
  const total = addTallies(chunks.map(({ tallies }) => tallies));
  const terms: readonly string[] = scenario.kind === 'study' ? studyTerms : tableTerms;
  const verdict = judge(scenario, total, terms);
  kept &&= verdict.kept;
  const rates = (method: string) => terms.map((term) => percent(total[`${method} ${term}`]));
  rows[scenario.kind].push([scenario.title, ...rates('primary'), percent(total.pooled), percent(total['per task']), verdict.text]); // prettier-ignore
  for (const method of others[scenario.kind]) {
    if (!(`${method} ${terms[0]}` in total)) continue;
    beside[scenario.kind].push([scenario.title, method, ...rates(method)]);
  }
  console.log(`${scenario.title}: ${rates('primary').join(' ')}; coverage ${percent(total.pooled)}, ${percent(total['per task'])}; ${verdict.text}`); // prettier-ignore
}

const sections = (['study', 'table'] as const).flatMap((kind) => {
  if (rows[kind].length === 0) return [];
  const terms: readonly string[] = kind === 'study' ? studyTerms : tableTerms;
  const name = kind === 'study' ? 'Studies' : 'Tables without blocks';
  return [
    `## ${name}: false positives of the primary tests, coverage of contrast intervals (percent)`,
    table(['scenario', ...terms, 'coverage, pooled', 'coverage, per task', ''], rows[kind]),
    `## ${name}: false positives of other tests on the same data (percent)`,
    table(['scenario', 'test', ...terms], beside[kind]),
  ];
});
const heading = readFileSync(path.join(root, 'scripts/verification/statistics-heading.md'), 'utf8').trimEnd();
const effort = `${values.studies} studies or tables per scenario with a promise, ${values.others} per other scenario, ${resamples.terms} resamples each (${resamples.blockMeans} for tests of block means); ${Math.round(cpuSeconds)} seconds of CPU time.`;
writeFileSync(values.output, `${[heading, effort, ...sections].join('\n\n')}\n`);
console.log(`${effort} This call took ${Math.round((Date.now() - wallStart) / 1000)} seconds.`);
console.log(`Written: ${path.relative(process.cwd(), values.output)}`);
if (!kept) process.exitCode = 1;
