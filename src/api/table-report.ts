import path from 'node:path';
import type { AnalysisResults } from '../analysis/index.ts';
import { writeWhole } from '../core/index.ts';
import { tablePage } from '../report/page/table-page.ts';
import { version } from './version.ts';

/**
 * Writes the analysis of a table as one HTML page with figures.
 *
 * @param file where to; a file that is there is replaced
 * @param table the table's file, for the title
 * @returns the page's path
 */
export function writeTableReport(file: string, table: string, results: AnalysisResults): string {
  writeWhole(file, tablePage({ name: path.basename(table), results, version }));
  return file;
}
