import type { Agent } from 'ai';
import { InputError } from '../core/index.ts';
import { asLanguageModel, type LanguageModelOptions } from './as-language-model.ts';
import type { Team } from './team.ts';

export interface AgentOptions extends LanguageModelOptions {
  readonly id?: string;
}

/**
 * The team as an agent of the AI SDK. It is the SDK's own agent over `asLanguageModel`, so it needs the package `ai`
 * (version 6) beside this one.
 *
 * @throws InputError when `ai` is not installed
 * @example
 * const agent = await asAgent(clerks);
 * const { text } = await agent.generate({ prompt: 'Two tickets are open.' });
 */
export async function asAgent(
  team: Team,
  { id = `team:${team.taskId}`, ...options }: AgentOptions = {},
): Promise<Agent> {
  const { ToolLoopAgent } = await sdk();
  return new ToolLoopAgent({ id, model: asLanguageModel(team, options) });
}

async function sdk() {
  try {
    return await import('ai');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new InputError(
      'A team stands as an agent of the AI SDK with the help of its package. Install it: npm install ai@6',
    );
  }
}
