import type { StudyList } from '../../server/index.ts';
import { dollars } from '../../report/format.ts';
import { useJson, useTicks } from '../data.ts';
import { Link, Notice, Shown, Word } from '../parts/basics.tsx';
import { ProgressBar, StateBadge } from '../parts/progress.tsx';
import { href } from '../router.ts';
import { count, failedRuns, moment, tokensOf } from '../words.ts';

/** All studies of the folder. */
export function StudiesPage() {
  const loaded = useJson<StudyList>('/api/studies', useTicks(4_000));
  return (
    <main>
      <h1>Studies</h1>
      <Shown loaded={loaded}>
        {({ folder, studies }) => (
          <>
            <p class="soft">
              in <Word text={folder} longest={300} />
            </p>
            {studies.length === 0 ? (
              <Notice>
                There is no study here yet. Start one with <code>agentmesh run</code>; it appears by itself.
              </Notice>
            ) : (
              <div class="wide">
                <table class="list">
                  <thead>
                    <tr>
                      <th scope="col">study</th>
                      <th scope="col">state</th>
                      <th scope="col">runs</th>
                      <th scope="col" class="number">
                        failed
                      </th>
                      <th scope="col" class="number">
                        tokens
                      </th>
                      <th scope="col" class="number">
                        spent
                      </th>
                      <th scope="col">last written</th>
                    </tr>
                  </thead>
                  <tbody>
                    {studies.map(({ id, progress, running, modified, error }) => (
                      <tr key={id}>
                        <th scope="row">
                          <Link to={href(['study', id])}>
                            <Word text={id} />
                          </Link>
                        </th>
                        {error === undefined ? (
                          <>
                            <td>
                              <StateBadge running={running} progress={progress} />
                            </td>
                            <td class="runs">
                              {progress && (
                                <>
                                  <ProgressBar progress={progress} />
                                  <span>
                                    {count(progress.statuses.done)} of {count(progress.planned)}
                                  </span>
                                </>
                              )}
                            </td>
                            <td class="number">{progress && count(failedRuns(progress))}</td>
                            <td class="number">{progress && tokensOf(progress)}</td>
                            <td class="number">
                              {progress?.usage.costUsd === undefined ? '–' : dollars(progress.usage.costUsd)}
                            </td>
                          </>
                        ) : (
                          <td colSpan={5} class="fault-text">
                            <Word text={error} longest={500} />
                          </td>
                        )}
                        <td class="moment">{moment(modified)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )}
          </>
        )}
      </Shown>
    </main>
  );
}
