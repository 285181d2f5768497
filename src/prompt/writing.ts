import { quotable } from './quotable.ts';

/** How agents are asked to write, and how a strategy's wishes are told; part of the hash of every run that does so. */
export const writingRevision = 1;

/** The most characters of words that teammates read; what a task asked for is never cut. */
export const longestWords = 4000;
const longestBrief = 2000;

/** About so many English words are a token budget. */
const wordsPerToken = 0.75;

function mostWords(maxTokens: number): string {
  const words = Math.max(1, Math.floor(maxTokens * wordsPerToken));
  return words === 1 ? 'one word' : `${words} words`;
}

/** Asks for words to the team. @param later what it is asked afterwards; undefined where it only talks */
export function speakInstruction(maxTokens: number, later: string | undefined): string {
  return (
    `What do you say to your teammates, in your own words and at most ${mostWords(maxTokens)}? ` +
    'They read it before they go on. ' +
    (later === undefined ? '' : `Later you are asked: ${later} `) +
    'Answer with what you say now and nothing else.'
  );
}

export const laterText = 'Write your text.';

/** Asks for the text that is the agent's action. */
export function writeInstruction(maxTokens: number, form: 'prose' | 'code'): string {
  return form === 'code'
    ? `Write your program, at most ${maxTokens} tokens. Answer with the program and nothing else.`
    : `Write your text, at most ${mostWords(maxTokens)}. Answer with the text and nothing else.`;
}

/** What the strategy wants, on a line of its own; it may hold words of models, so it cannot leave its line. */
export function briefText(text: string): string {
  return `For now: ${quotable(text, longestBrief).text}`;
}

const fenced = /^\s*```[^\n]*\n([^]*?)\n?```\s*$/u;

/** A text as a model wrote it, without the space around it, and code without the fence around it. */
export function writtenText(reply: string, form: 'prose' | 'code'): string {
  if (form === 'code') return (fenced.exec(reply)?.[1] ?? reply).trim();
  return reply.trim();
}
