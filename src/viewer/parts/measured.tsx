import type { MeasureFacts } from '../../contracts/index.ts';
import { fixed } from '../../report/format.ts';
import { Word } from './basics.tsx';

/** What the task measured in a step: what is paid for first, of kinds only those that are the case. */
export function Measured({
  measures = {},
  facts = {},
}: {
  measures?: Readonly<Record<string, number>>;
  facts?: Readonly<Record<string, MeasureFacts>>;
}) {
  const shown = Object.entries(measures)
    .map(([name, value]) => ({ name, value, ...(Object.hasOwn(facts, name) && facts[name]) }))
    .filter(({ oneOf, value }) => oneOf === undefined || value !== 0)
    .sort((a, b) => Number(b.rewarded ?? false) - Number(a.rewarded ?? false));
  if (shown.length === 0) return null;
  return (
    <table class="measured">
      <caption>Measured in this step</caption>
      <tbody>
        {shown.map(({ name, value, says, oneOf, rewarded }) => (
          <tr key={name} class={rewarded ? 'paid' : ''}>
            <th scope="row">
              <Word text={oneOf ?? says ?? name} longest={60} />
              {rewarded && <small> paid for</small>}
            </th>
            <td>
              {oneOf !== undefined && value === 1 ? (
                <Word text={says ?? name} longest={30} />
              ) : (
                fixed(value, 3)
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
