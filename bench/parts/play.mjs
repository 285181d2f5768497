// Runs a study file with the built library, as `agentmesh run` does, and prints what it cost as JSON:
//   node bench/parts/play.mjs STUDY DATA_FOLDER
import { runFile } from '../../dist/api/index.js';

const [file, dataDirectory] = process.argv.slice(2);
const memory = [];
let first;
let last;
const { summary, scores } = await runFile(file, {
  dataDirectory,
  onProgress: ({ played }) => {
    last = performance.now();
    first ??= last;
    if (played % 10 === 0) memory.push({ played, bytes: process.memoryUsage.rss() });
  },
});
console.log(
  JSON.stringify({
    played: summary.played,
    decisions: scores.cells.reduce((sum, cell) => sum + cell.decisions, 0),
    // From the moment when the first run could start to the end of the last one.
    playingMs: last - first,
    // Resident memory after every tenth run.
    memory,
  }),
);
