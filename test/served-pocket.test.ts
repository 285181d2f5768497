import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryStore, type ModelServer, run, serveModels, type StudyReader } from '../src/api/index.ts';
import { scratch, startCli } from './support/cli-process.ts';

let server: ModelServer;
beforeAll(async () => {
  server = await serveModels({ models: ['pocket-32k'], workers: 1 });
});
afterAll(() => server.close());

async function everything(store: StudyReader) {
  const out = [];
  for await (const { run: planned, outcome } of store.outcomes()) {
    out.push({ planned, outcome, episode: await store.episode(planned.hash, 0) });
  }
  return out;
}

/** A study over both protocols; one process and one model behind them. */
async function play(concurrency: number) {
  const store = memoryStore();
  const { summary, scores } = await run(
    {
      name: 'served-pocket',
      models: [
        { id: `openai-compatible:${server.url}/v1#pocket-32k`, label: 'openai-protocol' },
        { id: 'ollama:pocket-32k', url: server.url, label: 'ollama-protocol' },
      ],
      strategies: ['none', 'uninformative'],
      // Those who are advised talk beside their choices, as old files ask for.
      freeText: true,
      tasks: ['coverage', 'hidden-profile'],
      seeds: 3,
      concurrency,
    },
    { store },
  );
  return { summary, scores, all: await everything(store) };
}

describe('agentmesh models serve', () => {
  it('prints its address and how to use it, answers, and ends cleanly when interrupted', async () => {
    const { child, result } = startCli(['models', 'serve', 'pocket-32k', '--port', '0'], scratch());
    const url = await new Promise<string>((resolve) => {
      let text = '';
      child.stdout?.on('data', (chunk) => {
        const found = /OLLAMA_HOST=(\S+)\)/.exec((text += String(chunk)));
        if (found) resolve(found[1]);
      });
    });
    const models = (await (await fetch(`${url}/v1/models`)).json()) as { data: { id: string }[] };
    expect(models.data.map(({ id }) => id)).toEqual(['pocket-32k']);
    child.kill('SIGINT');
    const { code, stdout } = await result;
    expect(code).toBe(0);
    expect(stdout).toContain(`openai-compatible:${url}/v1#pocket-32k`);
    expect(stdout).toContain(`{id: "ollama:pocket-32k", url: "${url}"}`);
  });
});

describe('a study against served embedded models', () => {
  it('plays well above chance over both protocols, the same whatever the concurrency', async () => {
    const wide = await play(12);
    expect(wide.summary).toMatchObject({ ended: 'finished', completed: 24, failed: 0 });
    for (const { task, mean, n } of wide.scores.cells) {
      expect(n).toBe(3);
      if (task === 'coverage') expect(mean).toBeGreaterThan(0.3);
    }
    const onGrid = wide.all.filter(
      ({ planned }) => planned.task === 'coverage' && planned.strategy === 'none',
    );
    const answers = onGrid.flatMap(({ episode }) =>
      (episode?.steps ?? []).flatMap(({ agents }) => agents.map(({ answer, usage }) => ({ answer, usage }))),
    );
    expect(answers.length).toBeGreaterThan(180);
    for (const { answer, usage } of answers) {
      expect(JSON.parse(answer ?? '')).toEqual({
        action: expect.stringMatching(/^(stay|north|south|east|west)$/) as string,
        confidence: expect.any(Number) as number,
      });
      expect(usage?.outputTokens).toBe(1);
    }
    // Agents of a discussion also say something, drawn from the weights like everything else.
    const discussed = wide.all.filter(({ planned }) => planned.task === 'hidden-profile');
    const messages = discussed.flatMap(({ episode }) =>
      (episode?.steps ?? []).flatMap(({ agents }) => agents.flatMap(({ message }) => message ?? [])),
    );
    expect(messages.length).toBeGreaterThan(10);
    const narrow = await play(3);
    expect(narrow.all).toEqual(wide.all);
  });
});
