import { fixed, range, share, signed } from '../../report/format.ts';
import { divergingColor } from '../../report/figures/theme.ts';
import type { ScoreMatrix } from '../../server/index.ts';
import { href } from '../router.ts';
import { level, plural } from '../words.ts';
import { Link, Word } from './basics.tsx';

type MatrixRow = ScoreMatrix['rows'][number];
type Cell = NonNullable<MatrixRow['cells'][number]>;

/** The runs of a cell, as the address of the table of runs. */
function runsOf(study: string, cell: Cell): string {
  const { model, strategy, task } = cell;
  const query: Record<string, string> = { model, strategy, task };
  for (const [name, value] of Object.entries(cell.factors)) query[`factor.${name}`] = JSON.stringify(value);
  return href(['study', study, 'runs'], query);
}

function MatrixCell({ study, cell, gains, largest }: { study: string; cell?: Cell } & Shading) {
  if (!cell) return <td />;
  const failed = Object.values(cell.missing).reduce((sum, n) => sum + n, 0);
  const short = cell.n < cell.planned;
  const { gain } = cell;
  const shown = gains ? gain?.estimate : cell.mean;
  const colours = shown === undefined ? undefined : divergingColor(shown, gains ? largest || 1 : 1);
  return (
    <td class="heat" style={colours && { background: colours.fill, color: colours.text }}>
      <Link to={runsOf(study, cell)}>
        {shown === undefined ? <span class="soft">–</span> : <b>{gains ? signed(shown) : fixed(shown)}</b>}
        <small>{gains ? range(gain?.low, gain?.high, 2, signed) : range(cell.low, cell.high)}</small>
        {gains && gain !== undefined && gain.n < cell.planned && (
          <small>
            {gain.n} of {cell.planned} pairs
          </small>
        )}
        {!gains && short && (
          <small>
            {cell.n} of {cell.planned}
            {failed > 0 && `, ${failed} failed`}
          </small>
        )}
        {cell.unreadable !== undefined && (
          <small title="Answers that could not be read; what the cell scores is partly chance">
            ⚠ {share(cell.unreadable)} unreadable
          </small>
        )}
        {cell.slightMass && (
          <small title="In most decisions the choices together had less than 1% of the model's own answer">
            ⚠ median mass below 0.01
          </small>
        )}
      </Link>
    </td>
  );
}

/** What cells show: scores, or gains on a scale of their own. */
interface Shading {
  readonly gains: boolean;
  /** The largest gain or loss, in absolute terms. */
  readonly largest: number;
}

interface MatrixProps {
  readonly study: string;
  readonly matrix: ScoreMatrix;
  /** `gain` for gains over the baseline, anything else for scores. */
  readonly show?: string;
}

/** Strategies by tasks, one block of rows per model; every cell leads to its runs. */
export function Matrix({ study, matrix: all, show }: MatrixProps) {
  const { baseline } = all;
  const gains = show === 'gain' && baseline !== undefined;
  const matrix = gains ? { ...all, rows: all.rows.filter(({ strategy }) => strategy !== baseline) } : all;
  const estimates = matrix.rows.flatMap(({ cells }) => cells.map((cell) => cell?.gain?.estimate ?? 0));
  const shading = { gains, largest: estimates.reduce((most, x) => Math.max(most, Math.abs(x)), 0) };
  const models = [...new Set(matrix.rows.map((row) => row.model))];
  const factors = [...new Set(matrix.rows.flatMap((row) => Object.keys(row.factors)))];
  const scored = matrix.rows.flatMap((row) => row.cells).reduce((sum, cell) => sum + (cell?.n ?? 0), 0);
  return (
    <section aria-labelledby="matrix-title">
      <h2 id="matrix-title">Scores</h2>
      {baseline !== undefined && (
        <nav class="choice" aria-label="What the matrix shows">
          <Link to={href(['study', study])} current={!gains} replace>
            Mean scores
          </Link>
          <Link to={href(['study', study], { show: 'gain' })} current={gains} replace>
            Gains over <Word text={baseline} />
          </Link>
        </nav>
      )}
      <p class="soft" id="matrix-note">
        {gains ? (
          <>
            Score minus that of <Word text={baseline} /> on the same instances, over the seeds that both have
            so far, with a 95% t interval for each cell alone. Of many intervals some miss 0 by chance: the
            report adjusts for their number.
          </>
        ) : (
          <>
            Mean score over {plural(scored, 'run')} so far, with a 95% interval: 0 is uniformly random play, 1
            the oracle of the same instances, or the bounds that a task declares.
          </>
        )}{' '}
        A cell leads to its runs.
      </p>
      <div class="wide" tabIndex={0} role="region" aria-label={gains ? 'Table of gains' : 'Table of scores'}>
        <table class="matrix" aria-describedby="matrix-note">
          <thead>
            <tr>
              <th scope="col">strategy</th>
              {factors.map((name) => (
                <th scope="col" key={name}>
                  <Word text={name} />
                </th>
              ))}
              {matrix.tasks.map((task) => (
                <th scope="col" key={task} class="task">
                  <Word text={task} />
                </th>
              ))}
            </tr>
          </thead>
          {models.map((model) => {
            const rows = matrix.rows.filter((row) => row.model === model);
            return (
              <tbody key={model}>
                <tr>
                  <th scope="rowgroup" colSpan={1 + factors.length + matrix.tasks.length} class="model">
                    <Word text={model} />
                  </th>
                </tr>
                {rows.map((row) => (
                  <tr key={`${row.strategy} ${JSON.stringify(row.factors)}`}>
                    <th scope="row">
                      <Word text={row.strategy} />
                    </th>
                    {factors.map((name) => (
                      <td key={name}>
                        <Word text={level(row.factors[name])} />
                      </td>
                    ))}
                    {row.cells.map((cell, c) => (
                      <MatrixCell key={matrix.tasks[c]} study={study} cell={cell} {...shading} />
                    ))}
                  </tr>
                ))}
              </tbody>
            );
          })}
        </table>
      </div>
    </section>
  );
}
