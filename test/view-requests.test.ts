import { expect, it } from 'vitest';
import { run, serveView } from '../src/api/index.ts';
import { scratch } from './support/cli-process.ts';

it('hostile addresses of the live view are answered with 4xx, and it goes on', async () => {
  const folder = scratch();
  const { directory } = await run(
    { name: 'here', models: ['scripted'], strategies: ['none'], tasks: ['lever-pulling'], seeds: 1 },
    { dataDirectory: folder },
  );
  expect(directory).toBeDefined();
  const view = await serveView({ dataDirectory: folder });
  const odd = [
    ...[
      'a%00b',
      '%00',
      'x'.repeat(5_000),
      '%2e%2e',
      '..%2f..%2fetc',
      '%5c..%5c',
      '%ff%fe',
      '%',
      '%zz',
      '%ed%a0%80',
    ],
    ...['here%00', 'here%2fstudy.db', 'HERE', ' here', 'con', '%f0%9f%92%a9', "'%3bdrop", '%22%27%60'],
  ];
  const paths = odd.flatMap((name) => [
    `/api/studies/${name}`,
    `/api/studies/${name}/scores`,
    `/api/studies/${name}/events`,
    `/api/studies/here/runs/${name}`,
    `/api/studies/here/runs/${name}/episodes/0`,
    `/api/studies/here/runs/x/episodes/${name}`,
    `/study/${name}/report`,
    `/assets/${name}`,
  ]);
  const queries = odd.flatMap((text) => [
    `/api/studies/here/runs?factor.${text}=${text}`,
    `/api/studies/here/runs?model=${text}&task=${text}`,
    `/api/studies/here/runs?seed=${text}`,
    `/api/studies/here/runs?order=${text}&offset=${text}`,
  ]);
  const more = [
    'seed=1e400',
    'seed=99999999999999',
    'offset=9007199254740991',
    'limit=0',
    'limit=1e9',
    'seed=-1',
  ];
  try {
    for (const where of [...paths, ...queries, ...more.map((query) => `/api/studies/here/runs?${query}`)]) {
      const response = await fetch(new URL(where, view.url));
      await response.body?.cancel();
      expect({ where, status: response.status }).toEqual({
        where,
        status: expect.toSatisfy((s: number) => s < 500) as number,
      });
    }
    for (const where of paths.filter((p) => p.includes('%00'))) {
      const { status } = await fetch(new URL(where, view.url));
      expect([400, 404]).toContain(status);
    }
    expect((await fetch(new URL('/api/studies/here', view.url))).status).toBe(200);
  } finally {
    await view.close();
  }
});
