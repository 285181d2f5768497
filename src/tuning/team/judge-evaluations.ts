import type { MeasureFacts } from '../../contracts/index.ts';
import type { Evaluation } from './evaluate-team.ts';

/** Below this share of the return an agent's text is worth nothing. */
const lazyShare = 0.05;
/** What is not paid has fallen from here on. */
const fallen = 0.05;
const surely = 3;

/** Sentences on how a team does on validation, each said once. */
export interface Judging {
  warnings(update: number, now: Evaluation): readonly string[];
}

/**
 * Watches evaluations for an agent that adds nothing to a team that has learned, twice in a row, and for a reward that is
 * hacked: what is paid has risen surely, and what the task measures and does not pay has fallen.
 */
export function judge(
  agents: readonly string[],
  first: Evaluation,
  measures: Readonly<Record<string, MeasureFacts>> = {},
): Judging {
  const said = new Set<string>();
  const idle = new Map<string, number>();
  const once = (key: string, sentence: string) => (said.has(key) ? [] : (said.add(key), [sentence]));
  const unpaid = Object.entries(measures).filter(
    ([, { rewarded, oneOf, best }]) => !rewarded && oneOf === undefined && best !== undefined,
  );
  return {
    warnings: (update, now) => {
      const gain = now.return - first.return;
      const risen = gain > surely * Math.hypot(now.standardError, first.standardError);
      const lazy = agents.flatMap((name, agent) => {
        const lost = now.elsewhere?.[agent];
        // Of a team that has learned nothing yet, no agent's text is worth much.
        const adds = !risen || lost === undefined || lost >= lazyShare * Math.abs(now.return);
        idle.set(name, adds ? 0 : (idle.get(name) ?? 0) + 1);
        return idle.get(name)! < 2
          ? []
          : once(
              `lazy ${name}`,
              `Update ${update}: where ${name} answers another problem the return loses ${lost!.toFixed(2)}. ${name} adds next to nothing.`,
            );
      });
      const hacked = unpaid.flatMap(([name, { says }]) => {
        const [before, after] = [first.measures[name], now.measures[name]];
        const loss = before === undefined || after === undefined ? 0 : before - after;
        return risen && loss > fallen
          ? once(
              `hacked ${name}`,
              `Update ${update}: the return has risen by ${gain.toFixed(2)}, while what is not paid has fallen by ${loss.toFixed(2)}: ${says}. The reward may be hacked.`,
            )
          : [];
      });
      return [...lazy, ...hacked];
    },
  };
}
