import { describe, expect, it } from 'vitest';
import { knownModel, knownModels } from './known-models.ts';

describe('what is known of models', () => {
  const all = Object.entries(knownModels).flatMap(([service, models]) =>
    Object.entries(models).map(([name, known]) => ({ name: `${service}:${name}`, known })),
  );

  it.each(all)('$name has a source and a day, and figures that can be', ({ known }) => {
    expect(known.sources.length).toBeGreaterThan(0);
    for (const source of known.sources) expect(new URL(source).protocol).toBe('https:');
    expect(known.checked).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    const { parameters, architecture } = known.facts;
    const { total = 0, active = 0 } = parameters ?? {};
    expect(active).toBeLessThanOrEqual(total);
    expect(active === total).toBe(architecture !== 'moe');
    if (known.prices) expect(known.prices.input).toBeLessThan(known.prices.output);
  });

  it('is nothing of a model that the file does not name, whatever it is called', () => {
    expect(knownModel('openai', 'gpt-99')).toBeUndefined();
    expect(knownModel('openai', 'constructor')).toBeUndefined();
    expect(knownModel('nobody', 'gpt-5')).toBeUndefined();
  });
});
