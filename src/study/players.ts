import type { Model, Strategy } from '../contracts/index.ts';
import { canonicalJson, InputError } from '../core/index.ts';
import { heldModel } from '../episode/index.ts';
import { madeOnce } from './made-once.ts';

/**
 * Opens the models of trained teams, each folder once.
 * @param opened gets every model that was opened, for whoever closes them
 */
export function teamOpener(opened: Model[]) {
  const open = madeOnce(
    (model: Model, folder: string) => [model.fingerprint, folder],
    async (model: Model, folder: string) => {
      const tuned = heldModel(folder, await model.tuned!(folder));
      opened.push(tuned);
      return tuned;
    },
  );
  /**
   * Who plays in place of the model; undefined where it plays itself.
   * @throws InputError when the team was trained from other models
   */
  return async (
    model: Model,
    name: string,
    { players }: Pick<Strategy, 'players'>,
  ): Promise<readonly Model[] | undefined> => {
    if (!players) return undefined;
    const own = canonicalJson(model.fingerprint);
    const trained = [...new Set(players.map((agent) => agent.model))].join(', ');
    const isOwn = players.some(({ base }) => canonicalJson({ ...model.fingerprint, ...base }) === own);
    if (!model.tuned || !isOwn)
      throw new InputError(
        `The team was trained from ${trained}, and here it would play as "${name}"${model.tuned ? ', whose weights are others' : ''}. ` +
          `Name that model, or train a team from yours with \`agentmesh train --agents\`.`,
      );
    return Promise.all(players.map(({ folder }) => open(model, folder)));
  };
}
