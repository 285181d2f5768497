import { describe, expect, it } from 'vitest';
import { type Groupings, linearMixedModel, ordinalMixedModel } from './index.ts';

// Eight tasks, six instances of each, four strategies on every instance: the same numbers in R,
//   st <- 20261130; u <- function() { st <<- (16807 * st) %% 2147483647; st / 2147483647 }
//   logit <- function() { p <- u(); log(p / (1 - p)) }
// and a <- 0.8 * logit() per task, b <- 0.6 * logit() per instance, c(0, .5, 1, -.5)[g] + a + b + logit() per row;
// y is `latent > 0`, o is `findInterval(latent, c(-2, -.5, .5, 2))`. R 4.2.2.
const data = nested();
const columns = [2, 3, 4].map((g) => ({
  name: `strategy ${g}`,
  values: data.strategy.map((own) => +(own === g)),
}));
const close = (values: readonly number[], expected: readonly number[], tolerance: number) =>
  expected.forEach((value, i) => expect(Math.abs(values[i] - value)).toBeLessThan(tolerance));
const estimates = (own: readonly { readonly estimate: number }[]) => own.map(({ estimate }) => estimate);
const errors = (own: readonly { readonly standardError: number }[]) =>
  own.map(({ standardError }) => standardError);

describe('0/1 scores: lme4 1.1-31, glmer(family = binomial), bobyqa with rhoend = 1e-11', () => {
  it('instances as random: y ~ strat + (1 | inst)', () => {
    const model = ordinalMixedModel({ response: data.y, columns, random: { instance: data.instance } });
    close(estimates(model.coefficients), [1.4341467147448, 0.4347932690345, 0.1513495781349], 1e-6);
    close(estimates(model.thresholds), [1.6621897158521], 1e-6);
    close([model.deviations.instance], [1.396522255207], 1e-6);
    close([model.logLikelihood], [-108.033925869], 1e-8);
    // lme4's own second derivatives are differences, too.
    close(errors(model.coefficients), [0.5443495495202, 0.5418600605955, 0.5506141032396], 1e-5);
  });

  it('tasks and instances as random: y ~ strat + (1 | task) + (1 | inst)', () => {
    const model = ordinalMixedModel({
      response: data.y,
      columns,
      random: { task: data.task, instance: data.instance },
    });
    // glmer itself: its inner iterations leave 1e-5.
    close(estimates(model.coefficients), [1.4476692557389, 0.4375777235193, 0.1521167920693], 2e-5);
    // Laplace's formula written out in R with dense matrices, Newton steps to a gradient below 1e-9.
    close(estimates(model.coefficients), [1.44767889032599, 0.43758022599937, 0.15211760807356], 1e-8);
    close([model.deviations.instance, model.deviations.task], [1.11741398577789, 0.9612035429855], 1e-8);
    close([model.logLikelihood], [-106.23165710921], 1e-10);
    close(errors(model.coefficients), [0.54729343157937, 0.54354117928248, 0.55200512864501], 1e-6);
  });
});

describe('graded scores: ordinal 2022.11-16, clmm(method = "nlminb", gradTol = 1e-8)', () => {
  it('tasks and instances as random: o ~ strat + (1 | task) + (1 | inst)', () => {
    const { thresholds, coefficients, deviations, logLikelihood } = ordinalMixedModel({
      response: data.grades,
      columns,
      random: { task: data.task, instance: data.instance },
    });
    // clmm itself, "singular convergence": its optimiser leaves 2e-6.
    close(estimates(coefficients), [1.0399262367338, 1.120641663949, 0.1132580600824], 5e-6);
    close([logLikelihood], [-264.7575774126], 1e-8);
    // The same formula as above, written out in R.
    close(estimates(coefficients), [1.03992814326943, 1.12064211114048, 0.11325681750377], 1e-8);
    close(
      estimates(thresholds),
      [-0.82270746175413, 1.09895853588549, 2.36061785596073, 3.5310780308908],
      1e-8,
    );
    close([deviations.instance, deviations.task], [1.27342476416738, 1.31337801172619], 1e-8);
    close(errors(coefficients), [0.41129203907149, 0.4019451126915, 0.41161365466025], 1e-6);
  });

  it('instances as random: clmm stops where its likelihood is smaller, so its figures hold to 2e-5', () => {
    const { coefficients, deviations, logLikelihood } = ordinalMixedModel({
      response: data.grades,
      columns,
      random: { instance: data.instance },
    });
    close(estimates(coefficients), [1.0202227814098, 1.1115831725609, 0.1119811407046], 2e-5);
    close([deviations.instance], [1.753565883071], 2e-5);
    expect(logLikelihood).toBeGreaterThanOrEqual(-270.2547237417);
    expect(logLikelihood).toBeLessThan(-270.25472373);
  });
});

describe('scores: lmerTest 3.1-3 on lme4, lmer, REML', () => {
  const fit = (random: Groupings) => linearMixedModel({ response: data.latent, columns, random });

  it('instances, and tasks and instances, as random', () => {
    const one = fit({ instance: data.instance });
    close([one.deviance, one.residualDeviation], [842.0044467355, 1.807666636979], 1e-6);
    close(errors(one.coefficients), [0.3565917305881, 0.3689884071376, 0.3689884071376], 1e-7);
    const two = fit({ task: data.task, instance: data.instance });
    close([two.deviance, two.residualDeviation], [829.4075080116, 1.807666645977], 1e-6);
    close(
      estimates(two.coefficients),
      [-1.3171786775526, 0.6420130433112, 1.0325312052819, 0.2029424936637],
      1e-9,
    );
    close(errors(two.coefficients), [0.5522478724033, 0.3689884089743], 1e-7);
    const ratios = [two.deviations.instance, two.deviations.task].map((own) => own / two.residualDeviation);
    close(ratios, [0.6409049402171, 0.7152138994522], 1e-6);
    // Satterthwaite from differences: to four digits and more.
    close(
      two.coefficients.map(({ df }) => df),
      [10.07784478562, 140.99999992809],
      1e-3,
    );
    close(
      two.coefficients.map(({ p }) => p),
      [0.038096329861392, 0.084053728671624, 0.005856956831232],
      1e-6,
    );
  });

  it('a grouping without a spread of its own is 0, as where lmer says "singular"', () => {
    const slope = data.task.map((task, row) => `${task} ${data.strategy[row]}`);
    const { deviations, deviance } = fit({ task: data.task, slope, instance: data.instance });
    expect(deviations.slope).toBe(0);
    close([deviance], [829.4075080116], 1e-6);
  });
});

it('refuses what cannot be estimated, and says what to do', () => {
  const random = { instance: data.instance };
  const fit = (response: readonly number[], own = columns, groups: Groupings = random) =>
    ordinalMixedModel({ response, columns: own, random: groups });
  expect(() => fit(data.y.map(() => 1))).toThrow(/No row has the grade 0/);
  expect(() => fit(data.y.map((y) => y / 2))).toThrow('grades are whole numbers');
  expect(() => fit(data.y, columns, {})).toThrow('at least one random grouping');
  expect(() => fit(data.y, columns, { all: data.y.map(() => 'a') })).toThrow('"all" has one group');
  expect(() => fit(data.y, [...columns, columns[0]])).toThrow(/cannot be estimated/);
  const separated = data.y.map((y, row) => (data.strategy[row] === 2 ? 1 : y));
  expect(() => fit(separated)).toThrow(/cannot be estimated/);
});

function nested() {
  let state = 20261130;
  const uniform = () => (state = (16807 * state) % 2147483647) / 2147483647;
  const logistic = () => {
    const p = uniform();
    return Math.log(p / (1 - p));
  };
  const rows = {
    task: [] as string[],
    instance: [] as string[],
    strategy: [] as number[],
    latent: [] as number[],
  };
  for (let t = 1; t <= 8; t++) {
    const a = 0.8 * logistic();
    for (let s = 1; s <= 6; s++) {
      const b = 0.6 * logistic();
      for (let g = 1; g <= 4; g++) {
        rows.task.push(`${t}`);
        rows.instance.push(`${t} ${s}`);
        rows.strategy.push(g);
        rows.latent.push([0, 0.5, 1, -0.5][g - 1] + a + b + logistic());
      }
    }
  }
  const grade = (x: number) => [-2, -0.5, 0.5, 2].filter((cut) => x >= cut).length;
  return { ...rows, y: rows.latent.map((x) => +(x > 0)), grades: rows.latent.map(grade) };
}
