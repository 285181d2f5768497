import {
  type EpisodeRecord,
  type EpisodeSummary,
  type EpisodeTiming,
  type References,
  type RunOutcome,
  type RunRow,
  type SettledRun,
  type Spending,
  StoreError,
  type StudyRecord,
  type StudySpending,
  type StudyWriter,
  summarizeEpisode,
  unfinishedUsage,
  wholeUsage,
} from '../contracts/index.ts';
import { pageOf, progressOf } from './memory-queries.ts';
import { mayReserve, noSpending, spendingOf, sumSpending } from './spending.ts';
import { requireFinite, strictJson, traceText } from './trace-codec.ts';

interface StoredEpisode {
  readonly text: string;
  readonly summary: EpisodeSummary;
  readonly timing: EpisodeTiming;
}

/**
 * A store that lives and dies with the process, for throwaway studies and tests. It keeps text, not objects, so
 * that nobody can change what was saved.
 */
export function memoryStore(): StudyWriter {
  let study: string | undefined;
  const references = new Map<string, References>();
  const outcomes = new Map<string, string>();
  const episodes = new Map<string, Map<number, StoredEpisode>>();
  /** When episodes were finished, in the order in which they were saved. */
  const ends: number[] = [];
  const tallies = new Map<string, number>();
  const held = new Map<string, Spending>();
  let lost = noSpending;
  const decode = <T>(text: string | undefined) => (text === undefined ? undefined : (JSON.parse(text) as T));
  const rows = (): RunRow[] =>
    (decode<StudyRecord>(study)?.runs ?? []).map((run) => {
      const outcome = decode<RunOutcome>(outcomes.get(run.hash));
      return outcome ? { run, outcome } : { run };
    });
  const spending = (): StudySpending => {
    const planned = new Set(decode<StudyRecord>(study)?.runs.map(({ hash }) => hash));
    const usages = [...planned].flatMap((hash) => {
      const outcome = decode<RunOutcome>(outcomes.get(hash));
      if (outcome?.status === 'done') return [wholeUsage(outcome)];
      return [...(episodes.get(hash)?.values() ?? [])].map(({ summary }) => wholeUsage(summary));
    });
    const unfinished = unfinishedUsage(Object.fromEntries(tallies));
    return {
      used: sumSpending([...usages, unfinished].map(spendingOf)),
      lost,
      reserved: sumSpending(held.values()),
    };
  };
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
      const text = encodeEpisode(record);
      const saveOutcome = outcome && encodeOutcome(outcome);
      const ofRun = episodes.get(record.run) ?? new Map<number, StoredEpisode>();
      if (ofRun.has(record.episode)) {
        throw new StoreError(
          `Episode ${record.episode} of run ${record.run} is already stored, and a finished episode is never run twice.`,
        );
      }
      const { startedAt, wallMs } = timing;
      const stored = { text, summary: summarizeEpisode(record), timing: { ...timing } };
      episodes.set(record.run, ofRun.set(record.episode, stored));
      ends.push(Date.parse(startedAt) + wallMs);
      saveOutcome?.();
    },
    saveOutcome: async (outcome) => encodeOutcome(outcome)(),
    addTallies: async (amounts) => {
      for (const [name, amount] of Object.entries(amounts)) requireFinite(amount, `tally ${name}`);
      for (const [name, amount] of Object.entries(amounts))
        tallies.set(name, (tallies.get(name) ?? 0) + amount);
    },
    tallies: async () => Object.fromEntries([...tallies].sort(([a], [b]) => (a < b ? -1 : 1))),
    // Nobody else can write to it.
    version: async () => 0,
    head: async () => {
      const saved = decode<StudyRecord>(study);
      return saved && { name: saved.name, definition: saved.definition };
    },
    progress: async () => progressOf(rows(), ends),
    runs: async (query) => pageOf(rows(), query),
    settled: async () =>
      new Map<string, SettledRun>(
        [...outcomes].map(([hash, text]) => {
          const { status, usage, judgeUsage } = decode<RunOutcome>(text)!;
          return [hash, { status, usage, ...(judgeUsage && { judgeUsage }) }];
        }),
      ),
    episodes: async (run) =>
      [...(episodes.get(run)?.values() ?? [])]
        .map(({ summary, timing }) => ({ ...summary, ...timing }))
        .sort((a, b) => a.episode - b.episode),
    async *outcomes(): AsyncGenerator<RunRow> {
      yield* rows();
    },
    episode: async (run, episode) => decode<EpisodeRecord>(episodes.get(run)?.get(episode)?.text),
    spending: async () => spending(),
    reserve: async (worker, most, limits) => {
      requireFinite(most.tokens, 'tokens of a reserve');
      requireFinite(most.usd, 'dollars of a reserve');
      const others = [...held].filter(([name]) => name !== worker).map(([, amount]) => amount);
      if (!mayReserve(spending(), sumSpending(others), most, limits)) return false;
      held.set(worker, { ...most });
      return true;
    },
    settle: async (worker, amount) => {
      requireFinite(amount.tokens, 'tokens of a reserve');
      requireFinite(amount.usd, 'dollars of a reserve');
      held.delete(worker);
      lost = sumSpending([lost, amount]);
    },
    close: async () => {},
  };
}

function checkedReferences(references: References): References {
  for (const value of Object.values(references) as number[]) requireFinite(value, 'references');
  return Object.freeze({ ...references });
}

function encodeEpisode(record: EpisodeRecord): string {
  requireFinite(record.score ?? 0, 'score');
  requireFinite(record.return, 'return');
  checkedReferences(record.references);
  const { steps, ...rest } = record;
  return `${strictJson(rest, 'an episode').slice(0, -1)},"steps":${traceText(steps)}}`;
}
