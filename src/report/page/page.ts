import {
  type Atlas,
  type AtlasInput,
  atlasOf,
  atlasSections,
  type Block,
  type GridCell,
  type Inline,
  type Section,
} from '../atlas/index.ts';
import { escapeHtml } from '../escape.ts';
import { plural } from '../format.ts';
import { displayBlock } from '../../core/display-text.ts';
import { detailsHtml, figureHtml, html, tableHtml } from './figure-html.ts';
import { htmlPage } from './shell.ts';

/**
 * The atlas of a study as one self-contained HTML page: no script, nothing from a network, for screen, phone,
 * print and the dark. Everything that a model, a label or an error message contains is shown as text.
 */
export function atlasPage(input: AtlasInput): string {
  const atlas = atlasOf(input);
  const sections = atlasSections(input);
  const { study } = input;
  return htmlPage({
    title: `${study.name}: which coordination strategy suits these agents?`,
    version: input.version,
    header: `<p class="eyebrow">AgentMesh-STM, study ${html(study.name)}</p>
<h1>Which coordination strategy suits these agents?</h1>
<p class="scope">${html(scope(atlas))}</p>
${banner(atlas)}
<nav aria-label="Sections"><ol>${sections.map(({ id, title }) => `<li><a href="#${html(id)}">${html(title)}</a></li>`).join('')}</ol></nav>`,
    main: sections.map((section, i) => sectionHtml(atlas, section, i + 1)).join('\n'),
  });
}

function scope({ modelLabels, levels, taskLabels, study, runs }: Atlas): string {
  const seeds = new Set(study.runs.map(({ seed }) => seed)).size;
  const strategies = new Set(study.runs.map(({ strategy }) => strategy)).size;
  const variants = strategies > levels.length ? ` (${strategies} with ablated variants)` : '';
  return `${plural(modelLabels.length, 'model')}, ${plural(Math.min(levels.length, strategies), 'strategy', 'strategies')}${variants}, ${plural(taskLabels.length, 'task')}, ${plural(seeds, 'seed')}: ${plural(runs.planned, 'run')}.`;
}

/** What a reader must know before the first number. */
function banner({ runs, models, study }: Atlas): string {
  const open = runs.planned - runs.scored - runs.failed;
  const words: string[] = [];
  if (open > 0)
    words.push(
      `This study is unfinished: ${plural(open, 'run')} of ${runs.planned} ${open === 1 ? 'has' : 'have'} not been played, so every number may still change.`,
    );
  if (runs.failed > 0)
    words.push(
      `${plural(runs.failed, 'run')} could not finish and ${runs.failed === 1 ? 'has' : 'have'} no score.`,
    );
  const privileged = [
    ...new Set(study.definition.strategies.flatMap(({ label, privileged: reads }) => (reads ? [label] : []))),
  ];
  if (privileged.length > 0)
    words.push(
      `Privileged: with central feedback, ${privileged.join(', ')} told agents how a mixer or critic rated their last action, which read the state of past steps. Agents in the field have no such thing.`,
    );
  if (models.length > 0 && models.every(({ population }) => population !== undefined)) {
    words.push(
      models.every(({ population }) => population === 'embedded')
        ? 'All models here are small transformers trained on these very tasks: what they show concerns them, not language models at large.'
        : 'The models here are embedded or scripted ones: what they show concerns them, not language models at large.',
    );
  }
  return words.length === 0 ? '' : `<p class="banner">${html(words.join(' '))}</p>`;
}

function sectionHtml(atlas: Atlas, { id, title, blocks }: Section, number: number): string {
  return `<section id="${html(id)}" aria-labelledby="${html(id)}-title">
<h2 id="${html(id)}-title"><span class="number">${number}</span>${html(title)}</h2>
${blocks.map((block) => blockHtml(atlas, block)).join('\n')}
</section>`;
}

function blockHtml(atlas: Atlas, block: Block): string {
  switch (block.kind) {
    case 'text':
      return `<p${block.tone ? ` class="${block.tone}"` : ''}>${sentenceHtml(atlas, block.text)}</p>`;
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${sentenceHtml(atlas, item)}</li>`).join('')}</ul>`;
    case 'cards':
      return `<div class="cards">${block.cards
        .map(
          (card) => `<div class="card"${levelStyle(atlas, card.level)}>
<h3><span>${html(card.title)}</span>${card.subtitle === undefined ? '' : `<span>${html(card.subtitle)}</span>`}</h3>
<p class="verdict">${html(card.verdict)}</p>
<ul>${card.facts.map((fact) => `<li>${sentenceHtml(atlas, fact)}</li>`).join('')}</ul></div>`,
        )
        .join('')}</div>`;
    case 'grid':
      return gridHtml(atlas, block);
    case 'figure':
      return figureHtml(block.figure);
    case 'table':
      return `<div id="${html(block.id)}"><p class="caption">${html(block.caption)}</p>${tableHtml(block.table, block.caption)}</div>`;
    case 'code':
      return `<pre tabindex="0">${escapeHtml(displayBlock(block.code))}</pre>`;
    case 'details':
      return detailsHtml(block.summary, block.blocks.map((own) => blockHtml(atlas, own)).join('\n'));
  }
}

function gridHtml(atlas: Atlas, grid: Extract<Block, { kind: 'grid' }>): string {
  const cell = ({ level, note }: GridCell) =>
    `<td>${level === undefined ? '' : `<span class="level"${levelStyle(atlas, level)}>${html(level)}</span>`}<span class="below">${html(note)}</span></td>`;
  const head = [grid.corner, ...grid.columns].map((name) => `<th scope="col">${html(name)}</th>`).join('');
  const rows = grid.rows.map(
    ({ name, cells }) => `<tr><th scope="row">${html(name)}</th>${cells.map(cell).join('')}</tr>`,
  );
  return `<div id="${html(grid.id)}"><p class="caption">${html(grid.caption)}</p><div class="wide" tabindex="0" role="group" aria-label="${html(grid.caption)}"><table class="grid"><thead><tr>${head}</tr></thead><tbody>
${rows.join('\n')}
</tbody></table></div></div>`;
}

function sentenceHtml(atlas: Atlas, sentence: readonly Inline[]): string {
  return sentence
    .map((part) => {
      if (typeof part === 'string') return html(part);
      if ('figure' in part) return `<a href="#${html(part.figure)}">${html(part.text)}</a>`;
      if ('code' in part) return `<code>${html(part.code)}</code>`;
      if ('strong' in part) return `<strong>${html(part.strong)}</strong>`;
      return `<span class="level"${levelStyle(atlas, part.level)}>${html(part.name ?? part.level)}</span>`;
    })
    .join('');
}

/** The colour of a level; it comes from the theme, never from the label. */
function levelStyle({ styles }: Atlas, level: string | undefined): string {
  const style = level === undefined ? undefined : styles.get(level);
  return style ? ` style="--level:${style.color}"` : '';
}
