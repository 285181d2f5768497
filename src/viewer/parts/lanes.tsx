import { useEffect, useRef } from 'preact/hooks';
import { signed } from '../../report/format.ts';
import { displayText } from '../../core/display-text.ts';
import type { EpisodeView } from '../../server/index.ts';
import { agentColor } from './agents.ts';
import { Word } from './basics.tsx';

interface LanesProps {
  readonly episode: EpisodeView;
  /** From 0; the number of steps stands for the end. */
  readonly step: number;
  readonly onStep: (step: number) => void;
  readonly label: string;
}

/** The whole episode at a glance: one lane per agent, one column per step, and what each step paid. */
export function Lanes({ episode, step, onStep, label }: LanesProps) {
  const { agentNames, steps } = episode;
  const largest = Math.max(1e-12, ...steps.map(({ reward }) => Math.abs(reward)));
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const now = frame.current?.querySelector<HTMLElement>('th.now');
    if (!frame.current || !now) return;
    const { scrollLeft, clientWidth } = frame.current;
    const names = 80;
    // Sideways only: whoever reads further down stays there.
    if (now.offsetLeft - names < scrollLeft) frame.current.scrollLeft = now.offsetLeft - names;
    const right = now.offsetLeft + now.offsetWidth;
    if (right > scrollLeft + clientWidth) frame.current.scrollLeft = right - clientWidth;
  }, [step]);
  return (
    <div ref={frame} class="wide lanes-frame" tabIndex={0} role="region" aria-label={label}>
      <table class="lanes">
        <thead>
          <tr>
            <th scope="col">step</th>
            {steps.map((_, k) => (
              <th scope="col" key={k} class={k === step ? 'now' : ''}>
                <button
                  type="button"
                  aria-current={k === step ? 'step' : undefined}
                  aria-label={`Step ${k + 1}`}
                  onClick={() => onStep(k)}
                >
                  {k + 1}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {agentNames.map((name, agent) => (
            <tr key={name}>
              <th scope="row">
                <i class="dot" style={{ background: agentColor(agent) }} />
                <Word text={name} longest={20} />
              </th>
              {steps.map(({ agents }, k) => {
                const { chosen, credit = 0, unparsable, said } = agents[agent];
                const tone = unparsable ? 'flag' : credit > 1e-9 ? 'up' : credit < -1e-9 ? 'down' : '';
                return (
                  <td
                    key={k}
                    class={`${k === step ? 'now' : ''} ${tone} ${said === undefined ? '' : 'other'}`}
                    onClick={() => onStep(k)}
                    title={displayText(said === undefined ? chosen : `${chosen}; it answered ${said}`)}
                  >
                    <Word text={chosen} longest={14} />
                    {said !== undefined && <span class="unseen">, not what it answered</span>}
                  </td>
                );
              })}
            </tr>
          ))}
          <tr class="rewards">
            <th scope="row">reward</th>
            {steps.map(({ reward }, k) => (
              <td key={k} class={k === step ? 'now' : ''} onClick={() => onStep(k)}>
                <span
                  class={`reward ${reward < 0 ? 'down' : 'up'}`}
                  style={{ height: `${Math.round((18 * Math.abs(reward)) / largest)}px` }}
                />
                {signed(reward)}
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </div>
  );
}
