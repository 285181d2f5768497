import type { ScenePanel } from '../api/index.ts';
import { columns } from './output.ts';

/** A situation as lines for a terminal, without colours. */
export function sceneText(scene: readonly ScenePanel[], names: readonly string[]): string {
  return scene.map((panel) => panelText(panel, names)).join('\n\n');
}

function panelText(panel: ScenePanel, names: readonly string[]): string {
  switch (panel.kind) {
    case 'grid':
      return gridText(panel);
    case 'chains':
      return columns([
        ['', 'stages ([done], >active<, next first)', ''],
        ...panel.chains.map(({ label, note, parts }) => [label, parts.map(partText).join(' '), note]),
      ]);
    case 'talk':
      return panel.rounds.length === 0
        ? '(nobody has spoken yet)'
        : panel.rounds
            .map(({ title, lines }) =>
              [`${title}:`, ...lines.map(({ agent, text }) => `  ${names[agent]}: ${text}`)].join('\n'),
            )
            .join('\n');
    case 'table':
      return `${panel.title}:\n${columns([panel.header, ...panel.rows])}`;
  }
}

type Panel<Kind extends ScenePanel['kind']> = Extract<ScenePanel, { kind: Kind }>;

/** Goals in brackets, items in braces, agents as they are; a dot where nothing is. */
function gridText({ columns: across, rows, pieces }: Panel<'grid'>): string {
  const marks = { agent: ['', ''], goal: ['(', ')'], item: ['{', '}'] } as const;
  const cells = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: across }, (_, column) => {
      const here = pieces.filter((piece) => piece.column === column && piece.row === row);
      return here.map(({ piece, label }) => marks[piece].join(label)).join('') || '.';
    }),
  );
  const width = Math.max(...cells.flat().map((text) => text.length));
  return cells
    .map((line) =>
      line
        .map((text) => text.padEnd(width))
        .join(' ')
        .trimEnd(),
    )
    .join('\n');
}

function partText({ label, length, status }: Panel<'chains'>['chains'][number]['parts'][number]): string {
  const text = `${label} ${length}`;
  if (status === 'done') return `[${text}]`;
  if (status === 'active') return `>${text}<`;
  return status === 'lost' ? `(${text})` : text;
}
