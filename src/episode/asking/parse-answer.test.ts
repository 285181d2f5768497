import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostileAnswers } from '../../../test/support/hostile-answers.ts';
import { parseAnswer, parseTeamAnswer } from './parse-answer.ts';

const actions = ['stay', 'north', 'start 1', 'start 10', 'vote red'];

describe('an answer is read', () => {
  it.each<[what: string, text: string, action: string, confidence?: number]>([
    ['as JSON', '{"action": "north", "confidence": 0.8}', 'north', 0.8],
    [
      'as JSON in a code fence',
      'Sure!\n```json\n{"action": "start 10",\n "confidence": 0.4}\n```',
      'start 10',
      0.4,
    ],
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
    ['with a decimal comma', 'Action: north\nConfidence: 0,9', 'north', 0.9],
    ['with a fraction', 'Action: north\nConfidence: 9/10', 'north', 0.9],
    ['with a confidence in words', 'Action: north\nConfidence: low', 'north'],
    ['with a range of confidences', 'Action: north\nConfidence: 0.8-0.9', 'north'],
    [
      'from JSON with a trailing comma',
      '```json\n{\n "action": "north",\n "confidence": 0.3,\n}\n```',
      'north',
      0.3,
    ],
    ['from JSON in single quotes', "{'action': 'north', 'confidence': .3}", 'north', 0.3],
    ['from JSON with comments', '{"action": "north", // best\n /* sure */ "confidence": 0.3}', 'north', 0.3],
    ['from JSON with bare keys', '{action: "north", confidence: 0.3}', 'north', 0.3],
    ['from JSON with a decimal comma', '{"action": "north", "confidence": 0,3}', 'north', 0.3],
    ['from JSON with a bare percentage', '{"action": "north", "confidence": 30 %}', 'north', 0.3],
    ['from JSON with a bare fraction', '{"confidence": 3/10, "action": "north"}', 'north', 0.3],
    ['from JSON with digits of another script', '{"action": "north", "confidence": ٠٫٣}', 'north', 0.3],
    ['from JSON with a bare word', '{"action": north, "confidence": high}', 'north'],
    ['from JSON without a comma', '{"action": "start 1" "confidence": 0.3}', 'start 1', 0.3],
    ['from JSON in curly quotes', '{“action”: “north”, “confidence”: “0.3”}', 'north', 0.3],
    [
      'from JSON in a fence that is never closed',
      'Here:\n```json\n{"action": "north", "confidence": 0.3}',
      'north',
      0.3,
    ],
    ['from JSON whose end is missing', '{"action": "north", "confidence": 0.3', 'north', 0.3],
    ['from JSON in JSON', '{"answer": {"action": "north", "confidence": 0.3}}', 'north', 0.3],
    ['from JSON in a text of JSON', JSON.stringify('{"action": "north", "confidence": 0.3}'), 'north', 0.3],
    ['from JSON in a list', '[{"action": "north", "confidence": 0.3}]', 'north', 0.3],
    [
      'from JSON among braces in words',
      'I use {x} and { and "}. {"action": "north", "confidence": 0.3} {done}',
      'north',
      0.3,
    ],
    [
      'from JSON with braces in a text',
      '{"thought": "a } b {", "action": "north", "confidence": 0.3}',
      'north',
      0.3,
    ],
    [
      'from the last object that has an action',
      '{"action": "stay", "confidence": 1} {"action": "north"} {"confidence": 0.3}',
      'north',
    ],
    ['from JSON under another name', '{"Choice": "north", "confidence": 0.3}', 'north', 0.3],
    ['from a value that says more', '{"action": "Move north"}', 'north'],
    ['from one line with both labels', 'Action: north, Confidence: 0.3', 'north', 0.3],
    ['from a label in a sentence of labels', '**Final answer:** north (confidence: 0.3)', 'north'],
    ['from a label with a note', 'Action: north\nConfidence (0 to 1): 0.3', 'north', 0.3],
    ['from a label and the next line', 'Action:\n\nnorth\nConfidence:\n0.3', 'north', 0.3],
    ['from a list', '1. Action: north\n2. Confidence: 0.3', 'north', 0.3],
    ['from a full-width colon and letters', 'Action：ｎｏｒｔｈ', 'north'],
    ['among invisible characters', '\ufeffno\u200brth\u2060', 'north'],
    ['in a fence', '```\nnorth\n```', 'north'],
    ['in a fence of a language', '```text\nnorth\n```', 'north'],
    ['in a box', String.raw`\boxed{north}`, 'north'],
    [
      'from the final channel',
      '<|channel|>analysis<|message|>stay or north?<|end|><|start|>assistant<|channel|>final<|message|>north',
      'north',
    ],
    ['from what is not denied', 'I will not stay. North!', 'north'],
    ['from what is not denied in its clause', 'Not stay, but it is safe here, so north.', 'north'],
    ['from what is not asked', 'Should I stay? North.', 'north'],
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
    ['an action that is named only in reasoning', '<reasoning>north</reasoning> I have decided.'],
    ['an answer in a channel of reasoning', '<|channel|>analysis<|message|>Action: north<|end|>'],
    ['what is denied', 'I will not go north.'],
    ['what is denied after a label', 'Action: not north'],
    ['what is denied with an apostrophe', "Don't go north"],
    ['what is denied in JSON', '{"action": "anything but not north"}'],
    ['what is asked', 'Shall we go north?'],
    ['a condition', 'if north is free'],
    ['two in JSON', '{"action": "north" or "stay"}'],
    ['a label that names something else, beside words', 'Action: west\nor go north'],
    ['an unavailable action in broken JSON, beside words', '{"action": "west", "confidence": 0,9} north'],
    ['an action in JSON that is none', '{"action": null} north'],
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
  });

  it('of another message than that in quotes', () => {
    expect(parseAnswer('Message: Bob, action: stay!\nAction: north\nConfidence: 0.5', actions)).toEqual({
      ...{ action: 1, confidence: 0.5, message: 'Bob, action: stay!' },
    });
    for (const message of [
      '<think>',
      '</think>',
      '<|im_start|>system',
      '<|channel|>final<|message|>',
      'a'.repeat(20_000),
    ]) {
      const answer = JSON.stringify({ message, action: 'north', confidence: 0.5 });
      expect(parseAnswer(answer, actions)).toEqual({ action: 1, confidence: 0.5, message });
    }
    expect(parseAnswer('Action: north\nMessage: my Action: stay', actions)?.action).toBe(1);
  });
});

describe('an answer for a team is read', () => {
  const team = ['Ann', 'Bob', 'Anna'].map((name) => ({ name, actions }));
  it.each([
    '{"Ann": "north", "Bob": "stay", "Anna": "start 1", "confidence": 0.3}',
    '<think>Ann: stay</think>{"ann": "NORTH", "bob": "stay", "anna": "start 1", "confidence": "30 %",}',
    "{'plan': {'Ann': 'north', 'Bob': 'stay', 'Anna': 'start 1', 'confidence': 0.3}}",
    'Ann: north\nBob: stay\nAnna: start 1\nConfidence: 0,3',
    '- **Ann**: north\n- **Bob**: go stay\n- **Anna**: start 1\n\nConfidence: 3/10',
    '{"Ann": "north", "Bob": "stay", "Anna": "start 1", "confidence": 0,3}',
  ])('from %j', (text) => {
    expect(parseTeamAnswer(text, team)).toEqual({ actions: [1, 0, 2], confidence: 0.3 });
  });

  it.each([
    '{"Ann": "north", "Bob": "stay"}',
    'Ann: north\nBob: stay\nAnna: west',
    'Ann: north\nBob: stay\nAnna: not start 1',
    '<think>Ann: north\nBob: stay\nAnna: start 1',
  ])('not from %j', (text) => {
    expect(parseTeamAnswer(text, team)).toBeUndefined();
  });
});

describe('reading', () => {
  const team = ['Ann', 'Bob'].map((name) => ({ name, actions }));
  /** The least CPU time of some tries; other programs do not change it. */
  const cpuMs = (work: () => unknown, times = 3) =>
    Math.min(
      ...Array.from({ length: times }, () => {
        const start = process.cpuUsage();
        work();
        const { user, system } = process.cpuUsage(start);
        return (user + system) / 1000;
      }),
    );

  it('takes a time that grows with the length of the answer and no faster, whatever it is', () => {
    const short = hostileAnswers(1000);
    hostileAnswers(8000).forEach(({ name, text }, k) => {
      const read = (answer: string) => () => [parseAnswer(answer, actions), parseTeamAnswer(answer, team)];
      read(short[k].text)();
      // Eight times the length. What takes less than some milliseconds is compilation and collection of garbage.
      const once = Math.max(2, cpuMs(read(short[k].text)));
      expect(cpuMs(read(text)), name).toBeLessThan(20 * once);
    });
  });

  it('is bounded for answers of any length', () => {
    for (const { name, text } of hostileAnswers(100_000)) {
      expect(
        cpuMs(() => parseAnswer(text, actions), 1),
        name,
      ).toBeLessThan(2000);
    }
  });
});
