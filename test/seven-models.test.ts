import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { memoryStore, quote, type StudyInput } from '../src/api/index.ts';
import { serve } from './support/served.ts';

const written = readFileSync('studies/seven-models.yaml', 'utf8');

it('the study of seven models runs as it is written, on a stand-in for its services', async () => {
  const service = await serve();
  process.env.OPENROUTER_API_KEY = 'a-key-of-nobody';
  try {
    const study = parse(
      written.replaceAll('https://openrouter.ai/api/v1', `${service.origin}/v1`),
    ) as StudyInput;
    const store = memoryStore();
    const { pilot, whole } = await quote(study, { store, pilotSeeds: 1, probe: false });
    expect(pilot).toEqual({ seeds: [0], runs: 252, failed: 0, errors: [] });
    expect(whole.runs).toBe(2520);
    const record = await store.study();
    const sizes = record!.definition.models.map(({ facts }) => facts.parameters?.total ?? 0);
    expect([Math.min(...sizes), Math.max(...sizes)]).toEqual([8.03e9, 1e12]);
    // Models are advised in words, and the baseline is told nothing.
    const advised = new Set<string>();
    for (const planned of record!.runs.filter(({ seed, task }) => seed === 0 && task === 'coverage')) {
      const { steps } = (await store.episode(planned.hash, 0))!;
      if (steps.some(({ agents }) => agents.some(({ prompt }) => / advises /.test(prompt ?? ''))))
        advised.add(planned.strategy);
    }
    expect([...advised].sort()).toEqual(['coma', 'commnet', 'qmix', 'vdn']);
  } finally {
    delete process.env.OPENROUTER_API_KEY;
  }
});
