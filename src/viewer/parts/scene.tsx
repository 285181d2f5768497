import type { ScenePanel } from '../../contracts/index.ts';
import { displayText } from '../../core/display-text.ts';
import { agentColor } from './agents.ts';
import { Word } from './basics.tsx';

type Panel<Kind extends ScenePanel['kind']> = Extract<ScenePanel, { kind: Kind }>;

/** A situation, drawn from what its task says of it. */
export function Scene({ panels, names }: { panels: readonly ScenePanel[]; names: readonly string[] }) {
  return (
    <div class="scene">
      {panels.map((panel, k) => (
        <PanelView key={k} panel={panel} names={names} />
      ))}
    </div>
  );
}

function PanelView({ panel, names }: { panel: ScenePanel; names: readonly string[] }) {
  switch (panel.kind) {
    case 'grid':
      return <Grid panel={panel} names={names} />;
    case 'chains':
      return <Chains panel={panel} />;
    case 'talk':
      return <Talk panel={panel} names={names} />;
    case 'table':
      return <FactTable panel={panel} />;
  }
}

const cell = 40;

function Grid({ panel, names }: { panel: Panel<'grid'>; names: readonly string[] }) {
  const { columns, rows, pieces } = panel;
  const described = pieces
    .map(
      ({ piece, label, column, row, agent }) =>
        `${agent === undefined ? `${piece} ${label}` : names[agent]} at column ${column + 1}, row ${row + 1}`,
    )
    .join('; ');
  const agentsAt = (column: number, row: number) =>
    pieces.filter((p) => p.piece === 'agent' && p.column === column && p.row === row);
  return (
    <svg
      class="grid"
      viewBox={`-1 -1 ${columns * cell + 2} ${rows * cell + 2}`}
      style={{ maxWidth: `${Math.min(420, columns * 52)}px` }}
      role="img"
      aria-label={displayText(`Grid of ${columns} by ${rows}: ${described}`, 2_000)}
    >
      {Array.from({ length: columns + 1 }, (_, c) => (
        <path key={`c${c}`} class="rule" d={`M${c * cell} 0V${rows * cell}`} />
      ))}
      {Array.from({ length: rows + 1 }, (_, r) => (
        <path key={`r${r}`} class="rule" d={`M0 ${r * cell}H${columns * cell}`} />
      ))}
      {pieces
        .filter(({ piece }) => piece !== 'agent')
        .map(({ piece, label, column, row }, k) => (
          <g key={k} class={piece} transform={`translate(${column * cell} ${row * cell})`}>
            {piece === 'goal' ? (
              <path d="M20 3 37 20 20 37 3 20Z" />
            ) : (
              <rect x="6" y="6" width="28" height="28" rx="4" />
            )}
            <text x={piece === 'goal' ? 20 : 20} y="20">
              {displayText(label, 3)}
            </text>
          </g>
        ))}
      {pieces
        .filter(({ piece }) => piece === 'agent')
        .map(({ label, column, row, agent = 0 }) => {
          const here = agentsAt(column, row);
          const place = here.findIndex((other) => other.agent === agent);
          const shift = here.length > 1 ? (place - (here.length - 1) / 2) * 13 : 0;
          return (
            <g
              key={agent}
              class="agent"
              style={{
                transform: `translate(${column * cell + shift}px, ${row * cell}px)`,
                fill: agentColor(agent),
              }}
            >
              <circle cx="20" cy="20" r={here.length > 1 ? 10 : 12} />
              <text x="20" y="20">
                {displayText(label, 3)}
              </text>
            </g>
          );
        })}
    </svg>
  );
}

function Chains({ panel }: { panel: Panel<'chains'> }) {
  const longest = Math.max(
    1,
    ...panel.chains.map(({ parts }) => parts.reduce((sum, part) => sum + part.length, 0)),
  );
  return (
    <div class="chains" role="list">
      {panel.chains.map(({ label, note, parts }) => (
        <div class="chain" role="listitem" key={label}>
          <span class="chain-label">
            <b>
              <Word text={label} />
            </b>{' '}
            <small>
              <Word text={note} />
            </small>
          </span>
          <span class="parts">
            {parts.map((part, k) => (
              <span
                key={k}
                class={`part ${part.status}`}
                style={{ width: `${(100 * part.length) / longest}%`, borderColor: agentColor(part.agent) }}
                title={`${part.length} step${part.length === 1 ? '' : 's'}, ${part.status}`}
              >
                <Word text={part.label} />
                <i class="unseen">, {part.status}</i>
              </span>
            ))}
          </span>
        </div>
      ))}
    </div>
  );
}

function Talk({ panel, names }: { panel: Panel<'talk'>; names: readonly string[] }) {
  if (panel.rounds.length === 0) return <p class="soft">Nobody has spoken yet.</p>;
  return (
    <ol class="talk">
      {panel.rounds.map(({ title, lines }) => (
        <li key={title}>
          <h4>
            <Word text={title} />
          </h4>
          {lines.map(({ agent, text }, k) => (
            <p key={k} style={{ borderColor: agentColor(agent) }}>
              <b>
                <Word text={names[agent] ?? ''} />
              </b>{' '}
              <Word text={text} longest={1_000} />
            </p>
          ))}
        </li>
      ))}
    </ol>
  );
}

function FactTable({ panel }: { panel: Panel<'table'> }) {
  return (
    <table class="facts">
      <caption>
        <Word text={panel.title} />
      </caption>
      <thead>
        <tr>
          {panel.header.map((name) => (
            <th scope="col" key={name}>
              <Word text={name} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {panel.rows.map((row, k) => (
          <tr key={k}>
            {row.map((text, c) => (
              <td key={c}>
                <Word text={text} longest={200} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
