import type { RunPage } from '../../contracts/index.ts';
import { runStatuses } from '../../contracts/study-record.ts';
import { dollars, fixed } from '../../report/format.ts';
import type { StudyFacts } from '../../server/index.ts';
import { useCalm, useJson, type Live } from '../data.ts';
import { Link, Notice, Shown, Word } from '../parts/basics.tsx';
import { changed, go, href } from '../router.ts';
import { count, level, plural } from '../words.ts';

const pageLength = 50;

/** The table of runs: filtered, ordered and paged by the server. */
export function RunsPage({ facts, live, query }: { facts: StudyFacts; live: Live; query: URLSearchParams }) {
  const here = ['study', facts.id, 'runs'];
  const page = Math.max(1, Number(query.get('page')) || 1);
  const asked = new URLSearchParams(query);
  asked.delete('page');
  asked.set('offset', String((page - 1) * pageLength));
  asked.set('limit', String(pageLength));
  const url = `/api/studies/${encodeURIComponent(facts.id)}/runs?${asked.toString()}`;
  const loaded = useJson<RunPage>(url, useCalm(live.version, 2_000));
  const to = (changes: Record<string, string | number | undefined>) =>
    href(here, changed(query, { page: undefined, ...changes }));
  return (
    <section aria-labelledby="runs-title">
      <h2 id="runs-title" class="unseen">
        Runs
      </h2>
      <Filters
        facts={facts}
        query={query}
        onChange={(name, value) => go(to({ [name]: value }))}
        clear={href(here)}
      />
      <Shown loaded={loaded}>
        {({ total, rows }) =>
          total === 0 ? (
            <Notice>No run passes this filter.</Notice>
          ) : (
            <>
              <Pager
                total={total}
                page={page}
                to={(n) => href(here, changed(query, { page: n === 1 ? undefined : n }))}
              />
              <RunTable facts={facts} rows={rows} query={query} to={to} />
            </>
          )
        }
      </Shown>
    </section>
  );
}

interface FilterProps {
  readonly facts: StudyFacts;
  readonly query: URLSearchParams;
  readonly onChange: (name: string, value: string) => void;
  readonly clear: string;
}

function Filters({ facts, query, onChange, clear }: FilterProps) {
  const choices: (readonly [
    name: string,
    label: string,
    options: readonly (readonly [value: string, text: string])[],
  ])[] = [
    ['model', 'model', facts.models.map((x) => [x, x])],
    ['strategy', 'strategy', facts.strategies.map((x) => [x, x])],
    ['task', 'task', facts.tasks.map(({ label }) => [label, label])],
    ['seed', 'seed', facts.seeds.slice(0, 1_000).map((x) => [String(x), String(x)])],
    ...facts.factors.map(
      ({ name, levels }) =>
        [`factor.${name}`, name, levels.map((x) => [JSON.stringify(x), level(x)] as const)] as const,
    ),
    [
      'status',
      'status',
      [...runStatuses, 'failed', 'pending'].map((x) => [x, x === 'failed' ? 'any failure' : x] as const),
    ],
  ];
  const filtered = choices.some(([name]) => query.get(name));
  return (
    <form class="filters" onSubmit={(event) => event.preventDefault()}>
      {choices.map(([name, label, options]) => (
        <label key={name}>
          {label}
          <select
            value={query.get(name) ?? ''}
            onChange={(event) => onChange(name, event.currentTarget.value)}
          >
            <option value="">all</option>
            {options.map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        </label>
      ))}
      {filtered && <Link to={clear}>Clear</Link>}
    </form>
  );
}

function Pager({ total, page, to }: { total: number; page: number; to: (page: number) => string }) {
  const last = Math.ceil(total / pageLength);
  const first = (page - 1) * pageLength + 1;
  return (
    <nav class="pager" aria-label="Pages">
      <span role="status">
        {count(first)} to {count(Math.min(total, page * pageLength))} of {plural(total, 'run')}
      </span>
      {page > 1 && <Link to={to(page - 1)}>Previous</Link>}
      {page < last && <Link to={to(page + 1)}>Next</Link>}
      {page < last - 1 && <Link to={to(last)}>Last</Link>}
    </nav>
  );
}

interface TableProps {
  readonly facts: StudyFacts;
  readonly rows: RunPage['rows'];
  readonly query: URLSearchParams;
  readonly to: (changes: Record<string, string | undefined>) => string;
}

function RunTable({ facts, rows, query, to }: TableProps) {
  const order = query.get('order') ?? 'design';
  const descending = query.get('descending') === 'yes';
  const sorted = (name: string) => (order === name ? (descending ? 'descending' : 'ascending') : undefined);
  // The first click shows the largest first, the second the smallest, the third the order of the design.
  const next = (name: string) =>
    order !== name
      ? to({ order: name, descending: 'yes' })
      : to(descending ? { order: name, descending: undefined } : { order: undefined, descending: undefined });
  const heading = (name: string, text: string) => (
    <th scope="col" class="number" aria-sort={sorted(name)}>
      <Link to={next(name)}>
        {text}
        <span aria-hidden="true">{sorted(name) === undefined ? '' : descending ? ' ↓' : ' ↑'}</span>
      </Link>
    </th>
  );
  return (
    <div class="wide">
      <table class="list runs-table">
        <thead>
          <tr>
            <th scope="col">model</th>
            <th scope="col">strategy</th>
            <th scope="col">task</th>
            {heading('seed', 'seed')}
            {facts.factors.map(({ name }) => (
              <th scope="col" key={name}>
                <Word text={name} />
              </th>
            ))}
            <th scope="col">status</th>
            {heading('score', 'score')}
            {heading('steps', 'steps')}
            {heading('tokens', 'tokens')}
            {heading('cost', 'cost')}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ run, outcome }, k) => (
            <tr key={`${run.hash} ${k}`}>
              <td>
                <Word text={run.model} longest={40} />
              </td>
              <th scope="row">
                <Link to={href(['study', facts.id, 'run', run.hash])}>
                  <Word text={run.strategy} longest={40} />
                </Link>
              </th>
              <td>
                <Word text={run.task} longest={40} />
              </td>
              <td class="number">{run.seed}</td>
              {facts.factors.map(({ name }) => (
                <td key={name}>
                  <Word text={level(run.factors[name])} />
                </td>
              ))}
              <td class={outcome && outcome.status !== 'done' ? 'fault-text' : ''}>
                {outcome?.status ?? <span class="soft">to come</span>}
              </td>
              <td class="number">{outcome?.score === undefined ? '–' : fixed(outcome.score)}</td>
              <td class="number">{outcome ? count(outcome.steps) : ''}</td>
              <td class="number">
                {outcome?.usage.inputTokens === undefined
                  ? ''
                  : count(outcome.usage.inputTokens + (outcome.usage.outputTokens ?? 0))}
              </td>
              <td class="number">
                {outcome?.usage.costUsd === undefined ? '' : dollars(outcome.usage.costUsd)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
