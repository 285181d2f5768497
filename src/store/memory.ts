import {
  type EpisodeRecord,
  type EpisodeTiming,
  type PlannedRun,
  type References,
  type RunOutcome,
  type SettledRun,
  StoreError,
  type StudyRecord,
  type StudyStore,
  summarizeEpisode,
} from '../contracts/index.ts';
import { requireFinite, strictJson, traceText } from './trace-codec.ts';

/**
 * A store that lives and dies with the process, for throwaway studies and tests. It keeps text, not objects, so
 * that nobody can change what was saved.
 */
export function memoryStore(): StudyStore {
  let study: string | undefined;
  const references = new Map<string, References>();
  const outcomes = new Map<string, string>();
  const runs = new Map<string, Map<number, { episode: string; timing: EpisodeTiming }>>();
  const tallies = new Map<string, number>();
  const decode = <T>(text: string | undefined) => (text === undefined ? undefined : (JSON.parse(text) as T));
  const episodesOf = (run: string) =>
    [...(runs.get(run)?.entries() ?? [])].sort(([a], [b]) => a - b).map(([, stored]) => stored);
  const encodeOutcome = (outcome: RunOutcome) => {
    const text = strictJson(outcome, 'an outcome');
    return () => void outcomes.set(outcome.hash, text);
  };
  return {
    saveStudy: async (next) => {
      study = strictJson(next, 'a study');
    },
    study: async () => decode<StudyRecord>(study),
    references: async (key) => references.get(key),
    saveReferences: async (key, value) => {
      references.set(key, checkedReferences(value));
    },
    saveEpisode: async (record, timing, outcome) => {
      const episode = encodeEpisode(record);
      const saveOutcome = outcome && encodeOutcome(outcome);
      const stored = runs.get(record.run) ?? new Map<number, { episode: string; timing: EpisodeTiming }>();
      if (stored.has(record.episode)) {
        throw new StoreError(
          `Episode ${record.episode} of run ${record.run} is already stored, and a finished episode is never run twice.`,
        );
      }
      runs.set(record.run, stored.set(record.episode, { episode, timing: { ...timing } }));
      saveOutcome?.();
    },
    saveOutcome: async (outcome) => encodeOutcome(outcome)(),
    addTallies: async (amounts) => {
      for (const [name, amount] of Object.entries(amounts)) requireFinite(amount, `tally ${name}`);
      for (const [name, amount] of Object.entries(amounts))
        tallies.set(name, (tallies.get(name) ?? 0) + amount);
    },
    tallies: async () => Object.fromEntries([...tallies].sort(([a], [b]) => (a < b ? -1 : 1))),
    settled: async () =>
      new Map<string, SettledRun>(
        [...outcomes].map(([hash, text]) => {
          const { status, usage } = decode<RunOutcome>(text)!;
          return [hash, { status, usage }];
        }),
      ),
    finishedEpisodes: async (run) =>
      episodesOf(run).map(({ episode }) => summarizeEpisode(JSON.parse(episode) as EpisodeRecord)),
    async *outcomes(): AsyncGenerator<{ run: PlannedRun; outcome?: RunOutcome }> {
      for (const run of decode<StudyRecord>(study)?.runs ?? []) {
        const outcome = decode<RunOutcome>(outcomes.get(run.hash));
        yield outcome ? { run, outcome } : { run };
      }
    },
    episode: async (run, episode) => decode<EpisodeRecord>(runs.get(run)?.get(episode)?.episode),
    timings: async (run) =>
      [...(runs.get(run)?.entries() ?? [])]
        .sort(([a], [b]) => a - b)
        .map(([episode, { timing }]) => ({ episode, ...timing })),
    close: async () => {},
  };
}

function checkedReferences(references: References): References {
  for (const value of Object.values(references) as number[]) requireFinite(value, 'references');
  return Object.freeze({ ...references });
}

function encodeEpisode(record: EpisodeRecord): string {
  requireFinite(record.score, 'score');
  requireFinite(record.return, 'return');
  checkedReferences(record.references);
  const { steps, ...rest } = record;
  return `${strictJson(rest, 'an episode').slice(0, -1)},"steps":${traceText(steps)}}`;
}
