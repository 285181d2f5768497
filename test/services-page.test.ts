import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtInCatalogue } from '../src/api/index.ts';
import { optionNames, parseStudyYaml, resolveStudy } from '../src/study/index.ts';

const page = readFileSync(path.join(import.meta.dirname, '../docs/services.md'), 'utf8');
const [study, limits] = [...page.matchAll(/```yaml\n([^`]*)```/g)].map(([, text]) => text);

describe('docs/services.md', () => {
  it('has a study that resolves', () => {
    const resolved = resolveStudy(parseStudyYaml(study, 'study.yaml'), builtInCatalogue);
    expect(resolved.models.map(({ label }) => label)).toEqual(['openai:gpt-5-mini', 'ollama:qwen3:8b']);
    expect(resolved.settings.budget).toEqual({ usd: 5 });
  });

  it('names limits and options that exist', () => {
    const withLimits = study.replace(
      'prices: {input: 0, output: 0}',
      limits.trim().replaceAll('\n', '\n    '),
    );
    expect(() => resolveStudy(parseStudyYaml(withLimits, 'study.yaml'), builtInCatalogue)).not.toThrow();
    for (const model of ['openai', 'ollama', 'openai-compatible']) {
      const definition = builtInCatalogue.models.find(({ id }) => id === model);
      const names = definition ? optionNames(definition) : [];
      expect(names).toEqual(expect.arrayContaining(['answer', 'temperature', 'seed', 'maxOutputTokens', 'facts', 'prices', 'limits'])); // prettier-ignore
    }
  });
});
