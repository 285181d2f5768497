import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { JsonObject, Task, TeamPlan, TunedAgent } from '../../contracts/index.ts';
import { contentHash, InputError } from '../../core/index.ts';

/** Where trained teams lie, below the folder the program runs in. */
export const ownTeams = path.join('agentmesh-data', 'weights', 'teams');

/** Goes up when the same plan and seed would give other weights. */
const teamRevision = 2;

/** All that a trained team depends on. */
export interface TeamKey {
  readonly strategy: string;
  readonly plan: TeamPlan;
  readonly task: Pick<Task, 'rules' | 'agentNames'>;
  readonly taskId: string;
  readonly taskOptions: JsonObject;
  /** A task that pays otherwise has another one, and its teams are others. */
  readonly taskRevision: number;
  readonly trainingSeed: number;
}

/** The folder of a team: its name starts with words for people and ends in a hash of all that it depends on. */
export function teamFolderName({ task, ...key }: TeamKey): string {
  const { rules, agentNames } = task;
  const { strategy, taskId, trainingSeed } = key;
  const hash = contentHash({ teamRevision, ...key, rules, agentNames });
  return `${strategy}-${taskId}-${trainingSeed}-${hash.slice(0, 12)}`;
}

/** What stands in a team's folder beside its weights. */
export interface TeamRecord {
  readonly agents: readonly { readonly model: string; readonly base: JsonObject; readonly weights: string }[];
}

export const teamRecordFile = 'team.json';

/** The agents of a team that was trained. @throws InputError when it was not, with the command that does it */
export function trainedTeam(key: TeamKey, home = ownTeams): readonly TunedAgent[] {
  const folder = path.join(home, teamFolderName(key));
  const file = path.join(folder, teamRecordFile);
  if (!existsSync(file))
    throw new InputError(`This team has not been trained. Train it: ${trainCommandOf(key)}`);
  const { agents } = JSON.parse(readFileSync(file, 'utf8')) as TeamRecord;
  return agents.map((agent, k) => ({ ...agent, folder: path.join(folder, `agent-${k}`) }));
}

/** The command that trains it, on one line. */
function trainCommandOf({ strategy, plan, taskId, taskOptions, trainingSeed }: TeamKey): string {
  const { models, ...rest } = plan;
  const quoted = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  const params = Object.entries({ ...taskOptions, ...rest }).map(
    ([name, value]) => ` --param ${name}=${quoted(value)}`,
  );
  return (
    `agentmesh train --strategy ${strategy} --task ${taskId} --seed ${trainingSeed} --agents ${models.join()}` +
    params.join('')
  );
}
