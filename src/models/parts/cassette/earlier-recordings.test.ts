import { describe, expect, it } from 'vitest';
import type { DecisionRequest } from '../../../contracts/index.ts';
import { asAnswered } from './earlier-recordings.ts';

const request: DecisionRequest = {
  prefix: 'Rules.',
  prompt: 'You are Ann. Choose stay or north or south.',
  actions: ['stay', 'north', 'south'],
  temperature: 1,
  seed: 1,
};
const usage = { inputTokens: 100, outputTokens: 10 };

describe('a sampled answer that was recorded as a distribution', () => {
  it('is the action that it named, and its confidence a number beside it', () => {
    const answer = '{"action": "north", "confidence": 0.5}';
    expect(asAnswered({ distribution: [0.25, 0.5, 0.25], answer, usage }, 'structured', request)).toEqual({
      action: 1,
      confidence: 0.5,
      answer,
      usage,
    });
  });

  it('is read from its words where the shares say nothing: below 1/n all were alike', () => {
    const answer = 'Action: south\nConfidence: 10%';
    expect(asAnswered({ distribution: [1 / 3, 1 / 3, 1 / 3], answer, usage }, 'text', request)).toMatchObject({
      action: 2,
      confidence: 0.1,
    });
  });

  it('counts by its second answer where it was asked again, and by its shares where it has no words', () => {
    const answer = 'Action: nowhere\n[asked again]\nAction: north';
    expect(asAnswered({ distribution: [0.005, 0.99, 0.005], answer, usage }, 'text', request)).toMatchObject({
      action: 1,
    });
    expect(asAnswered({ distribution: [0.2, 0.2, 0.6], usage }, 'structured', request)).toEqual({
      action: 2,
      usage,
    });
  });

  it('about a team is one action for each', () => {
    const team = [
      { name: 'Ann', actions: ['stay', 'north'] },
      { name: 'Bob', actions: ['stay', 'north', 'south'] },
    ];
    const answer = '{"Ann": "north", "Bob": "south", "confidence": 0.81}';
    const shares = [
      [0.1, 0.9],
      [0.05, 0.05, 0.9],
    ];
    const asked = { ...request, actions: [], team };
    expect(asAnswered({ team: shares, answer, usage }, 'structured', asked)).toEqual({
      team: [1, 2],
      confidence: 0.81,
      answer,
      usage,
    });
    expect(asAnswered({ team: shares, usage }, 'structured', asked).team).toEqual([1, 2]);
  });
});

it('everything else is as it was recorded', () => {
  const exact = { distribution: [0.2, 0.3, 0.5], usage };
  expect(asAnswered(exact, 'probabilities', request)).toBe(exact);
  expect(asAnswered(exact, undefined, request)).toBe(exact);
  const unread = { answer: 'Whatever.\n[asked again]\nWhatever.', usage };
  expect(asAnswered(unread, 'structured', request)).toBe(unread);
  const today = { action: 1, confidence: 0.5, answer: '{"action": "stay"}', usage };
  expect(asAnswered(today, 'structured', request)).toBe(today);
});
