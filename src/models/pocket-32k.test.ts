import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../contracts/index.ts';
import { systemClock } from '../core/index.ts';
import { composePrompt, promptRevision } from '../prompt/index.ts';
import { coverage } from '../tasks/index.ts';
import { modelConformance } from '../testing/index.ts';
import { evaluateScores } from '../tuning/pretraining/evaluation.ts';
import { modelCardSchema, pocketFolder } from './parts/pocket/files.ts';
import { pocket32k } from './pocket-32k.ts';
import { askModel } from '../episode/asking/index.ts';

describe('pocket-32k conforms to the contract', () => {
  for (const check of modelConformance(pocket32k)) it(check.name, check.run);
});

describe('pocket-32k', () => {
  let model: Model;
  beforeAll(async () => {
    model = await pocket32k.create({}, { clock: systemClock, workers: 1 });
  });
  afterAll(() => model.close());

  it('was trained on the wording of today', () => {
    const card = modelCardSchema.parse(
      JSON.parse(readFileSync(path.join(pocketFolder('pocket-32k'), 'model.json'), 'utf8')),
    );
    expect(card.id).toBe('pocket-32k');
    expect(card.promptRevision).toBe(promptRevision);
  });

  it('has about 32 thousand parameters', () => {
    expect(model.facts.parameters?.total).toBeGreaterThan(30_000);
    expect(model.facts.parameters?.total).toBeLessThan(35_000);
  });

  it('walks to a beacon that nobody else is near', async () => {
    const task = coverage.create(coverage.optionsSchema.parse({}));
    const { distribution = [] } = await askModel(model, {
      prefix: task.rules,
      prompt: composePrompt({
        agentName: 'Bob',
        observation:
          'Step 2 of 12. Beacon 1 is 3 north 0 east, Ann unseen, Cal unseen. Beacon 2 is 4 north 0 east, Ann unseen, ' +
          'Cal unseen. Beacon 3 is 5 north 0 east, Ann unseen, Cal unseen. ' +
          'Ann is far out of sight. Cal is far out of sight.',
        availableActions: ['stay', 'north', 'south', 'east', 'west'],
      }),
      actions: ['stay', 'north', 'south', 'east', 'west'],
      temperature: 1,
      seed: 0,
    });
    expect(distribution[1]).toBeGreaterThan(0.8);
  });

  it('plays better than chance', async () => {
    const task = coverage.create(coverage.optionsSchema.parse({}));
    const scores = await evaluateScores(
      { taskId: 'coverage', variant: 'default', task },
      composePrompt,
      async (questions) => {
        const decisions = await Promise.all(
          questions.map((question) => askModel(model, { ...question, temperature: 1, seed: 0 })),
        );
        return decisions.map(({ distribution = [] }) => distribution);
      },
      'development',
      20,
    );
    // The model card says about 0.7 over 200 instances; the standard error over 20 is about 0.08.
    expect(scores.reduce((sum, x) => sum + x, 0) / scores.length).toBeGreaterThan(0.3);
  });
});
