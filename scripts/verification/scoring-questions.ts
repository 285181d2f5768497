import { readFileSync } from 'node:fs';
import { type AnyTaskDefinition, createTask, simulatorOf } from '../../src/contracts/index.ts';
import { randomStream } from '../../src/core/index.ts';
import { composePrompt } from '../../src/prompt/index.ts';
import * as tasks from '../../src/tasks/index.ts';
import { type Demonstration, demonstrations } from '../../src/tuning/pretraining/demonstrations.ts';

/** A question with a right answer. */
export interface ScoredQuestion {
  readonly prefix: string;
  /** It ends with the choices. */
  readonly prompt: string;
  readonly choices: readonly string[];
  readonly right: string;
}

/** Nobody announces or rates anything: what an agent sees is all that it is told. */
const settings = { noise: [0, 0.3], broadcasts: ['none'], feedback: ['none'] } as const;

/** Decisions of a task's expert, each from a held-out instance of its own: at a step drawn at random, or in the last. */
export function expertDecisions(id: string, count: number, step: 'any' | 'last'): ScoredQuestion[] {
  const definition = Object.values<AnyTaskDefinition>(tasks).find((task) => task.id === id)!;
  const task = simulatorOf(
    createTask(definition, definition.optionsSchema.parse({})),
    'The check of scoring',
  );
  const source = { taskId: id, variant: 'scoring', task };
  return Array.from({ length: count }, (_, k) => {
    const all = demonstrations(source, composePrompt, k, settings, 'held-out');
    const decisions = task.agentNames.length * task.horizon;
    const skipped =
      step === 'last' ? decisions - 1 : randomStream('scoring', id, k).integer(0, decisions - 1);
    const { prompt, actions, answer } = nth(all, skipped);
    return { prefix: task.rules, prompt, choices: actions, right: answer };
  });
}

function nth(all: Generator<Demonstration>, skipped: number): Demonstration {
  for (let k = 0; k < skipped; k++) all.next();
  return all.next().value as Demonstration;
}

interface FileQuestion {
  readonly question: string;
  readonly choices: readonly string[];
  readonly answer: string;
  readonly facts: readonly string[];
}

/** The questions of the examples, with all facts told to whoever answers. */
export function exampleQuestions(count: number): ScoredQuestion[] {
  const lines = readFileSync(new URL('../../examples/questions.jsonl', import.meta.url), 'utf8')
    .trim()
    .split('\n');
  return lines.slice(0, count).map((line) => {
    const { question, choices, answer, facts } = JSON.parse(line) as FileQuestion;
    const observation = [...facts, question].join(' ');
    const prompt = composePrompt({ agentName: 'Ann', observation, availableActions: choices });
    return { prefix: 'Answer the question.', prompt, choices, right: answer };
  });
}
