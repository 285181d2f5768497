import { cellKey, type Contribution, contributionsOf, type TextTrial } from '../analysis/index.ts';
import {
  createTask,
  type EpisodeRecord,
  type StudyReader,
  type StudyRecord,
  type StudyTask,
  type Task,
} from '../contracts/index.ts';
import { lastTexts, measuresOf, succeeded, withTextReplaced } from '../episode/replace-text.ts';
import { InputError } from '../core/index.ts';
import type { Catalogue } from '../study/resolve.ts';

/** Of each cell so many episodes are tried at most, the first of every seed before the second of any. */
export const mostTried = 60;

/**
 * What each agent's text is worth in the cells of a study in which several agents write: episodes are played once more
 * with a text that does nothing in its place, with the agent's own text for another item, and, after failures, with its
 * text from a success at the same item. No model is asked. Tasks that ask judges, that are not in the catalogue any
 * more, or in which one agent alone writes are left out.
 */
export async function textContributions(
  store: StudyReader,
  { definition, runs }: StudyRecord,
  { tasks: definitions }: Pick<Catalogue, 'tasks'>,
): Promise<ReadonlyMap<string, readonly Contribution[]>> {
  const found = new Map<string, readonly Contribution[]>();
  for (const level of definition.tasks) {
    const task = taskAgain(level, definitions);
    if (!task?.stub || task.judges || task.agentNames.length < 2) continue;
    const cells = new Map<string, string[]>();
    for (const run of runs.filter((each) => each.task === level.label)) {
      const key = cellKey(run);
      cells.set(key, [...(cells.get(key) ?? []), run.hash]);
    }
    for (const [key, hashes] of cells) {
      const contributions = contributionsOf(await trialsOf(task, await someEpisodes(store, hashes)));
      if (contributions.length > 0) found.set(key, contributions);
    }
  }
  return found;
}

/** The task of a stored study; undefined where it cannot be made any more, as without its file. */
function taskAgain(level: StudyTask, definitions: Catalogue['tasks']): Task | undefined {
  const own = definitions.find(({ id, revision }) => id === level.id && revision === level.revision);
  try {
    return own && createTask(own, level.options);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

async function someEpisodes(
  store: StudyReader,
  hashes: readonly string[],
): Promise<readonly EpisodeRecord[]> {
  const places = (await Promise.all(hashes.map((hash) => store.episodes(hash)))).flatMap((episodes, k) =>
    episodes.map(({ episode }, turn) => ({ hash: hashes[k], episode, turn })),
  );
  const first = places.toSorted((a, b) => a.turn - b.turn).slice(0, mostTried);
  const episodes = await Promise.all(first.map(({ hash, episode }) => store.episode(hash, episode)));
  return episodes.filter((episode) => episode !== undefined);
}

async function trialsOf(task: Task, episodes: readonly EpisodeRecord[]): Promise<readonly TextTrial[]> {
  const trials: TextTrial[] = [];
  const won = (episode: EpisodeRecord) => succeeded(task, measuresOf(episode));
  const textOf = (episode: EpisodeRecord | undefined, agent: number) =>
    episode && lastTexts(episode).find((each) => each.agent === agent)?.text;
  for (const [k, episode] of episodes.entries()) {
    const item = episode.item ?? `${episode.run}/${episode.episode}`;
    const writers = lastTexts(episode);
    if (writers.length < 2 || episode.score === undefined) continue;
    const others = [...episodes.slice(k + 1), ...episodes.slice(0, k)];
    const elsewhere = others.find((other) => other.item === undefined || other.item !== episode.item);
    const success =
      won(episode) === false && episode.item !== undefined
        ? others.find((other) => other.item === episode.item && won(other) === true)
        : undefined;
    for (const { agent } of writers) {
      const replacedBy = (text: string) => withTextReplaced(task, episode, agent, text);
      const [other, mending] = [textOf(elsewhere, agent), textOf(success, agent)];
      trials.push({
        item,
        agent: task.agentNames[agent],
        whole: episode.score,
        stub: (await replacedBy(task.stub?.(agent) ?? '')).score,
        ...(other !== undefined && { other: (await replacedBy(other)).score }),
        ...(mending !== undefined && {
          mended: succeeded(task, (await replacedBy(mending)).measures) === true,
        }),
      });
    }
  }
  return trials;
}
