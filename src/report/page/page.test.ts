import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { atlasInputOf, syntheticAtlas } from '../../../test/support/atlas-input.ts';
import { syntheticStudy } from '../../../test/support/synthetic-study.ts';
import type { StudyLevel } from '../../contracts/index.ts';
import type { AtlasInput } from '../atlas/index.ts';
import { atlasPage } from './page.ts';

const sections = [
  'The answer',
  'The matrix',
  'What matters',
  'Interactions',
  'Scaling',
  'Ablations',
  'Cost',
  'Against the published study',
  'Trust',
];

const rendered = (input: AtlasInput) => {
  const page = atlasPage(input);
  const { document } = parseHTML(page);
  return { page, document, text: document.body.textContent };
};
const headings = (document: Document) =>
  Array.from(document.querySelectorAll('h2')).map((h) => h.textContent.replace(/^\d/, ''));

describe('the report of a study with everything', async () => {
  const input = await syntheticAtlas({ seeds: 3, models: 4, price: 0.1 });
  const { page, document, text } = rendered(input);

  it('has the nine sections in their order', () => {
    expect(headings(document)).toEqual(sections);
  });

  it('gives every drawn figure a caption, a table, and both as files', () => {
    const figures = Array.from(document.querySelectorAll('figure:not(.missing)'));
    expect(figures.length).toBeGreaterThan(15);
    for (const figure of figures) {
      const what = figure.id;
      expect(figure.querySelector('figcaption')?.textContent.length, what).toBeGreaterThan(40);
      expect(figure.querySelectorAll('table tbody tr').length, what).toBeGreaterThan(0);
      const files = Array.from(figure.querySelectorAll('a[download]')).map(
        (a) => a.getAttribute('href') ?? '',
      );
      expect(files[0], what).toMatch(/^data:text\/csv/);
      if (figure.querySelector('svg')) expect(files[1], what).toMatch(/^data:image\/svg\+xml/);
    }
  });

  it('links every sentence to something that is on the page', () => {
    const ids = new Set(Array.from(document.querySelectorAll('[id]')).map((element) => element.id));
    const links = Array.from(document.querySelectorAll('a[href^="#"]')).map(
      (a) => a.getAttribute('href') ?? '',
    );
    expect(links.length).toBeGreaterThan(20);
    for (const link of links) expect(ids, link).toContain(link.slice(1));
    expect(ids.size).toBe(document.querySelectorAll('[id]').length);
  });

  it('runs no script and loads nothing', () => {
    expect(page.includes(`content="default-src 'none'; style-src 'unsafe-inline'"`)).toBe(true);
    expect(document.querySelectorAll('script, link, img, iframe, object').length).toBe(0);
    for (const element of Array.from(document.querySelectorAll('[href], [src]'))) {
      expect(element.getAttribute('href') ?? element.getAttribute('src')).toMatch(/^(#|data:)/);
    }
    expect(page.includes('url(')).toBe(false);
  });

  it('stands for itself as a file: a saved figure has colours of its own', () => {
    const href = document.querySelector('#matrix-figure a[href^="data:image"]')?.getAttribute('href') ?? '';
    const svg = decodeURIComponent(href.slice(href.indexOf(',') + 1));
    expect(svg).toMatch(/^<svg[^]*<\/svg>$/);
    expect(svg).not.toContain('var(--step');
    expect(svg).toContain('xmlns="http://www.w3.org/2000/svg"');
  });

  it('gives the command that reproduces the study', () => {
    expect(text).toContain('agentmesh run study.yaml');
  });

  it('is the same every time', () => {
    expect(atlasPage(input) === page).toBe(true);
  });
});

describe('what the sentences claim', async () => {
  const input = await syntheticAtlas({ seeds: 3, models: 2 });
  const { results } = input;
  if (!results) throw new Error('The invented study has no results.');
  const section = (id: string, changed: Partial<typeof results>) =>
    rendered({ ...input, results: { ...results, ...changed } }).document.getElementById(id)?.textContent ??
    '';

  it('names contributions on single tasks that are beyond chance, where none over all tasks is', () => {
    const ablations = results.ablations.map((line) => ({
      ...line,
      adjustedP:
        line.part === 'credit' && line.strategy === 'qmix' && line.at.task === 'assembly' ? 0.01 : 0.5,
    }));
    const text = section('ablations', { ablations });
    expect(text).toMatch(
      /Credit assignment: [^]*None of these is beyond chance after adjustment. On single tasks: qmix on assembly [+−]/,
    );
    expect(text).toContain('No contribution is beyond chance after adjustment, on single tasks neither.');
  });

  it('gives the largest gain shown with its interval, and counts what is open', () => {
    const verdicts = results.verdicts.map((family) => ({
      ...family,
      places: family.places.map((place) => ({
        ...place,
        verdicts: place.verdicts.map((own) => {
          const sure =
            own.level === 'vdn' &&
            place.at.task === 'coverage' &&
            place.at.model === results.plan.factors[1].levels[0];
          return sure
            ? { ...own, shown: 'gain shown' as const, estimate: 0.2, low: 0.1, high: 0.3, adjustedP: 0.01 }
            : { ...own, shown: 'not shown' as const, asGood: false, adjustedP: 0.5 };
        }),
      })),
    }));
    const text = section('matrix', { verdicts });
    expect(text).toContain(
      'Of 40 comparisons with none at the finest places, 1 shows a gain, 0 show harm, 0 are shown to be as good, and 39 are open.',
    );
    expect(text).toMatch(/The largest gain shown: vdn on [^,]+, coverage, \+0.20 \[\+0.10, \+0.30\]\./);
  });

  it('takes differences between models for chance where it is not shown that gains depend on them', () => {
    const moderation = (p: number) =>
      results.moderation.map((own) => ({
        ...own,
        terms: own.terms.map((term) => (term.term === 'model' ? { ...term, p, adjustedP: p } : term)),
      }));
    const chance =
      /That it depends on the [^.]*model[^]*is not shown, so what looks best at single ones may be chance/;
    expect(section('answer', { moderation: moderation(0.4) })).toMatch(chance);
    expect(section('answer', { moderation: moderation(0.001) })).not.toMatch(chance);
  });

  it('says of a task what to use and on what that rests', () => {
    const recommendations = results.recommendations.map((own) => ({
      ...own,
      use: 'none',
      because: 'no gain is shown' as const,
      guess: 'vdn',
      levels: [{ level: 'vdn', mean: 0.5, probabilityBest: 0.62 }],
    }));
    const text = section('answer', { recommendations });
    expect(text).toMatch(
      /On average over all tasks, over all models \(exploratory\): No gain is shown; keep No coordination. Best guess: vdn, best with probability 0.62/,
    );
    expect(text).toMatch(/no gain is shown; best guess vdn 62%/);
  });
});

describe('a study of which little can be said', () => {
  it('says so in every section when nothing has been played', async () => {
    const { study } = syntheticStudy({ seeds: 2, models: 2 });
    const { document, text } = rendered(await atlasInputOf(study, []));
    expect(headings(document)).toEqual(sections);
    expect(text).toContain('Which strategy to use cannot be said yet.');
    expect(text).toContain('have not been played');
    expect(document.querySelectorAll('svg').length).toBe(0);
  });

  it('has scores, but no recommendation, with a single strategy', async () => {
    const { study, outcomes } = syntheticStudy({ seeds: 3, models: 1, intactOnly: true });
    const runs = study.runs.filter(({ strategy }) => strategy === 'none');
    const { document, text } = rendered(await atlasInputOf({ ...study, runs }, outcomes));
    expect(headings(document)).toEqual(sections);
    expect(text).toContain('Which strategy to use cannot be said yet.');
    expect(document.querySelector('#scores svg')).not.toBeNull();
  });

  it('compares models where there is one strategy, and recommends none', async () => {
    const { study, outcomes } = syntheticStudy({ seeds: 3, models: 3, intactOnly: true });
    const runs = study.runs.filter(({ strategy }) => strategy === 'none');
    const { text } = rendered(await atlasInputOf({ ...study, runs }, outcomes));
    expect(text).toContain('All runs have the same strategy (none)');
  });

  it('says what is missing of an unfinished study with failures', async () => {
    const { text } = rendered(
      await syntheticAtlas({ seeds: 3, models: 3, intactOnly: true, unplayed: 0.3, failing: 0.05 }),
    );
    expect(text).toMatch(/This study is unfinished: \d+ runs of 216 have not been played/);
    expect(text).toContain('could not finish');
    expect(text).toContain('Missing runs by factor and level');
  });

  it('names a study of one task and one model in its own words', async () => {
    const { study, outcomes } = syntheticStudy({ seeds: 3, models: 1, intactOnly: true });
    const runs = study.runs.filter(({ task }) => task === 'coverage');
    const { document, text } = rendered(await atlasInputOf({ ...study, runs }, outcomes));
    expect(text).toContain('On coverage, with tiny-8b');
    expect(document.querySelectorAll('.card').length).toBe(1);
    expect(document.querySelector('#matrix-figure svg')).not.toBeNull();
    expect(document.querySelector('#ablations code')?.textContent).toBe(
      'ablations: [credit, messages, shaping]',
    );
  });
});

describe('what models and people write', () => {
  const hostile = '</style><script>alert(1)</script>"\'&\u202E\u0000';

  it('is text in labels, names, options, errors and commands, never markup', async () => {
    const { study, outcomes } = syntheticStudy({ seeds: 2, models: 2, intactOnly: true, failing: 0.03 });
    const rename = (label: string) =>
      ['vdn', 'coverage', 'tiny-8b'].includes(label) ? `${label}${hostile}` : label;
    const levels = <Level extends StudyLevel>(of: readonly Level[]) =>
      of.map((level) => ({
        ...level,
        label: rename(level.label),
      }));
    const renamed = {
      name: hostile,
      definition: {
        ...study.definition,
        models: levels(study.definition.models),
        strategies: levels(study.definition.strategies),
        tasks: levels(study.definition.tasks),
        note: hostile,
      },
      runs: study.runs.map((run) => ({
        ...run,
        model: rename(run.model),
        strategy: rename(run.strategy),
        task: rename(run.task),
      })),
    };
    const input = { ...(await atlasInputOf(renamed, outcomes)), command: hostile };
    const { page, document } = rendered(input);
    expect(/<script/i.test(page)).toBe(false);
    expect(document.querySelectorAll('style').length).toBe(1 + document.querySelectorAll('svg style').length);
    // eslint-disable-next-line no-control-regex
    expect(/[\u0000\u202E]/.exec(page)?.index).toBeUndefined();
    expect(page.includes('⟨U+202E⟩')).toBe(true);
  });
});
