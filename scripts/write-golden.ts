// Writes test/golden/study anew; look at the difference before you commit it.
import { writeFileSync } from 'node:fs';
import { playGoldenStudy } from '../test/support/golden-study.ts';

const { runs, traces, excerpt } = await playGoldenStudy();
writeFileSync('test/golden/study/runs.jsonl', runs);
writeFileSync('test/golden/study/excerpt.jsonl', excerpt);
writeFileSync('test/golden/study/traces.sha256', `${traces}\n`);
