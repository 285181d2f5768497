import { scoreRows, type ScoreTable, scoreText } from '../analysis/score-table.ts';
import type { StudyRecord } from '../contracts/index.ts';
import { escapeHtml } from './escape.ts';

export interface ScoreReportInput {
  readonly study: StudyRecord;
  readonly table: ScoreTable;
  /** Runs with an outcome, and those of them that could not finish. */
  readonly completed: number;
  readonly failed: number;
  /** The command that reproduces the study. */
  readonly command: string;
  readonly version: string;
}

/**
 * The report of a study as one self-contained HTML page: no script, no network, readable in print, on a phone
 * and in the dark.
 */
export function scoreReport(input: ScoreReportInput): string {
  const { study, table, completed, failed } = input;
  const { header, rows } = scoreRows(table);
  const labelColumns = header.length - table.tasks.length;
  const unparsable = table.cells.reduce((sum, cell) => sum + cell.unparsable, 0);
  const decisions = table.cells.reduce((sum, cell) => sum + cell.decisions, 0);
  const seeds = study.definition.seeds as readonly number[];
  const body = rows
    .map((row) => {
      const labels = row.labels.map((label) => `<th scope="row">${escapeHtml(label)}</th>`).join('');
      const cells = row.cells.map((cell) => `<td>${escapeHtml(scoreText(cell))}</td>`).join('');
      return `<tr>${labels}${cells}</tr>`;
    })
    .join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(study.name)} - AgentMesh-STM</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(study.name)}</h1>
<p>${completed} of ${study.runs.length} runs have an outcome${failed > 0 ? `; ${failed} of them could not finish` : ''}.
${seeds.length} seed${seeds.length === 1 ? '' : 's'}, ${Number(study.definition.episodes)} episode${study.definition.episodes === 1 ? '' : 's'} per run.</p>
<h2>Scores</h2>
<p id="scores">Mean score over seeds with a 95% bootstrap interval. 0 is uniformly random play, 1 the oracle of the same
instances; scores are not clipped. Runs that could not finish have no score and are counted as missing.</p>
<div class="wide">
<table aria-describedby="scores">
<thead><tr>${header.map((h, k) => `<th scope="col"${k < labelColumns ? '' : ' class="task"'}>${escapeHtml(h)}</th>`).join('')}</tr></thead>
<tbody>
${body}
</tbody>
</table>
</div>
<h2>What to keep in mind</h2>
<ul>
<li>${unparsable} of ${decisions} answers named no available action; there the agent acted at random.</li>
<li>Intervals describe the spread over this study's seeds, for these models and tasks only.</li>
</ul>
<h2>How to reproduce it</h2>
<pre>${escapeHtml(input.command)}</pre>
<p>AgentMesh-STM ${escapeHtml(input.version)}. Everything that was resolved:</p>
<details><summary>Definition of the study</summary><pre>${escapeHtml(JSON.stringify(study.definition, null, 2))}</pre></details>
</main>
</body>
</html>
`;
}

const style = `
:root { color-scheme: light dark; --line: #8886; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .35rem .9rem .35rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
tbody th { font-weight: normal; }
pre { background: #8881; padding: .75rem; overflow-x: auto; border-radius: 4px; }
@media print { .wide { overflow: visible; } details { display: none; } }
`;
