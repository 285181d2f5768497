import { parseHTML } from 'linkedom';
import { escapeHtml } from '../escape.ts';
import { compactSvg, type Figure, type FigureTable, resolveColors } from '../figures/index.ts';
import { displayText } from '../../core/display-text.ts';
import { tableCsv } from './csv.ts';

/** Text of labels, captions and messages as markup. */
export function html(text: string): string {
  return escapeHtml(displayText(text, 2000));
}

/** Draws with one document of linkedom's after the other. */
export function drawSvg(figure: Figure): string | undefined {
  if (!figure.draw) return undefined;
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  return compactSvg(figure.draw({ document }).outerHTML);
}

/** A figure with its caption, the table behind it, and both as files to save. */
export function figureHtml(figure: Figure): string {
  const { id, title, caption, table, missing, minWidth } = figure;
  if (missing !== undefined) {
    return `<figure id="${html(id)}" class="missing"><h3>${html(title)}</h3><p>${html(missing)}</p></figure>`;
  }
  const svg = drawSvg(figure);
  const drawing =
    svg === undefined
      ? '<p>There are too many rows to draw: they are in the table.</p>'
      : `<div class="plot-frame" tabindex="0" role="group" aria-label="${html(title)}"${minWidth === undefined ? '' : ` style="--least:${Math.round(minWidth)}px"`}>${svg}</div>`;
  const files = [
    dataLink('text/csv;charset=utf-8', tableCsv(table), `${id}.csv`, `Table as CSV`, title),
    ...(svg === undefined
      ? []
      : [dataLink('image/svg+xml;charset=utf-8', standalone(svg), `${id}.svg`, 'Figure as SVG', title)]),
  ];
  return `<figure id="${html(id)}"><h3>${html(title)}</h3>${drawing}
<figcaption>${html(caption)}</figcaption>
<div class="behind">${detailsHtml('Table behind this figure', tableHtml(table, title))}<p class="files">${files.join(' ')}</p></div></figure>`;
}

export function detailsHtml(summary: string, body: string): string {
  return `<details><summary>${html(summary)}</summary>${body}</details>`;
}

/** A column with a longer text than this keeps a readable width on a phone. */
const proseLength = 60;

/** A table with its first column as row headings; numbers to four digits, the files have all of them. */
export function tableHtml({ columns, rows }: FigureTable, label: string): string {
  const numeric = columns.map(
    (_, k) =>
      rows.some((row) => typeof row[k] === 'number') && rows.every((row) => typeof row[k] !== 'string'),
  );
  const long = columns.map((_, k) => k > 0 && rows.some((row) => String(row[k] ?? '').length > proseLength));
  const align = (k: number) => (numeric[k] ? ' class="number"' : long[k] ? ' class="prose"' : '');
  const cell = (value: string | number | null) =>
    value === null
      ? '<span class="none">–</span>'
      : typeof value === 'number'
        ? shortNumber(value)
        : html(value);
  const head = columns.map((name, k) => `<th scope="col"${align(k)}>${html(name)}</th>`).join('');
  const body = rows
    .map(
      (row) =>
        `<tr>${row
          .map((value, k) =>
            k === 0 ? `<th scope="row">${cell(value)}</th>` : `<td${align(k)}>${cell(value)}</td>`,
          )
          .join('')}</tr>`,
    )
    .join('\n');
  return `<div class="wide" tabindex="0" role="group" aria-label="${html(label)}"><table><thead><tr>${head}</tr></thead><tbody>
${body}
</tbody></table></div>`;
}

function shortNumber(x: number): string {
  if (Number.isInteger(x)) return Math.abs(x) < 1e15 ? String(x).replace('-', '−') : x.toPrecision(4);
  return String(Number(x.toPrecision(4))).replace('-', '−');
}

/** The drawing as a file of its own, on white. */
function standalone(svg: string): string {
  return resolveColors(svg).replace('background: none', 'background: #ffffff');
}

/** A link to a file that is in the page itself. Single quotes: drawings are full of double ones. */
function dataLink(type: string, content: string, name: string, text: string, title: string): string {
  const address = content
    .replace(/%/g, '%25')
    .replace(/#/g, '%23')
    .replace(/\r/g, '%0D')
    .replace(/\n/g, '%0A');
  const attribute = address.replace(/&/g, '&amp;').replace(/'/g, '&#39;').replace(/</g, '&lt;');
  return `<a download="${html(name)}" href='data:${type},${attribute}' aria-label="${html(`${text}: ${title}`)}">${html(text)}</a>`;
}
