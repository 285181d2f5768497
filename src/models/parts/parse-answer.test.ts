import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAnswer } from './parse-answer.ts';

const actions = ['stay', 'north', 'start 1', 'start 10', 'vote red'];

describe('an answer is read', () => {
  it.each<[what: string, text: string, action: string, confidence?: number]>([
    ['as JSON', '{"action": "north", "confidence": 0.8}', 'north', 0.8],
    ['as JSON in a code fence', 'Sure!\n```json\n{"action": "start 10",\n "confidence": 0.4}\n```', 'start 10', 0.4],
    ['with words around the JSON', 'I think {"action":"stay"} is best.', 'stay'],
    ['from the last JSON object', '{"action": "stay"} no: {"action": "north"}', 'north'],
    ['in any letter case', '{"Action": "NORTH", "Confidence": 1}', 'north', 1],
    ['with other keys around it', '{"thought": {"a": 1}, "action": "vote red"}', 'vote red'],
    ['without the reasoning before it', '<think>north? or stay?</think>\n{"action": "stay"}', 'stay'],
    ['from the labelled lines', 'Action: start 1\nConfidence: 70%', 'start 1', 0.7],
    ['from bold labels', '**Action:** north\n**Confidence:** 0.25', 'north', 0.25],
    ['from the last label', 'Action: stay\nHmm.\nFinal choice:\nAnswer: "north".', 'north'],
    ['from a sentence after a label', 'Action: I will go north now', 'north'],
    ['when it is nothing else', ' "North." ', 'north'],
    ['when it is the only one named', 'Given all this I would go north.', 'north'],
    ['in whole words', 'Let us start 10 at once', 'start 10'],
    ['with a percentage in JSON', '{"action": "stay", "confidence": 85}', 'stay', 0.85],
    ['with a confidence in quotes', '{"action": "stay", "confidence": "0.5"}', 'stay', 0.5],
    ['without an impossible confidence', '{"action": "stay", "confidence": 250}', 'stay'],
    ['without a negative confidence', '{"action": "stay", "confidence": -0.5}', 'stay'],
  ])('%s', (_, text, action, confidence) => {
    const expected = { action: actions.indexOf(action), ...(confidence !== undefined && { confidence }) };
    expect(parseAnswer(text, actions)).toEqual(expected);
  });

  it.each([
    ['nothing', ''],
    ['no action', 'I would rather not say.'],
    ['an action that is not available', '{"action": "west"}'],
    ['an unavailable action in JSON beside words', '{"action": "west"} not north'],
    ['two actions', 'north or stay'],
    ['a part of a word', 'northern stays'],
    ['a number alone', '{"action": 1}'],
    ['broken JSON with no clear action', '{"action": "nor'],
    ['only reasoning', '<think>go north</think>'],
    ['reasoning that was cut off', '<think>go north'],
  ])('not from %s', (_, text) => {
    expect(parseAnswer(text, actions)).toBeUndefined();
  });

  it('whatever the action is called, when it is copied exactly', () => {
    const word = fc.stringMatching(/^[a-z]{1,8}( [a-z0-9]{1,4})?$/);
    fc.assert(
      fc.property(fc.uniqueArray(word, { minLength: 2, maxLength: 6 }), fc.nat(), (choices, pick) => {
        const action = pick % choices.length;
        const said = JSON.stringify({ action: choices[action], confidence: 0.5 });
        expect(parseAnswer(said, choices)).toEqual({ action, confidence: 0.5 });
        expect(parseAnswer(`Action: ${choices[action]}\nConfidence: 0.5`, choices)?.action).toBe(action);
      }),
    );
  });

  it('without throwing or hanging, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const parsed = parseAnswer(text, actions);
        expect(parsed === undefined || parsed.action in actions).toBe(true);
      }),
    );
    const nasty = ['{', '}', '{}', '} {', '<think>', '"x', '* ', 'Action: ', 'north stay '];
    for (const text of nasty.map((part) => part.repeat(50_000))) {
      // The CPU's time, which other programs do not change.
      const start = process.cpuUsage();
      expect(parseAnswer(text, actions)).toBeUndefined();
      const { user, system } = process.cpuUsage(start);
      expect((user + system) / 1000).toBeLessThan(2000);
    }
  });
});
