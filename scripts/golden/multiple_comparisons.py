"""Reference tails of the studentised range and of Dunnett's statistic (needs numpy and scipy).

Plain double integrals by dense Gauss-Legendre panels in the scale s itself, a different route from the code
under test. Doubling the nodes changes no printed digit.

    python3 scripts/golden/multiple_comparisons.py > test/golden/statistics/multiple-comparisons.json
"""

import json

import numpy as np
from scipy.special import gammaln, log_ndtr, ndtr


def panels(edges, nodes=60):
    x, w = np.polynomial.legendre.leggauss(nodes)
    edges = np.asarray(edges, float)
    half = np.diff(edges) / 2
    middle = (edges[:-1] + edges[1:]) / 2
    return (middle[:, None] + half[:, None] * x).ravel(), (half[:, None] * w).ravel()


def over_scale(df, tail):
    sd = 1 / np.sqrt(2 * df)
    edges = sorted({max(0.0, 1 + k * sd) for k in (-14, -8, -6, -4, -3, -2, -1, 0, 1, 2, 3, 4, 6, 8, 14, 25)})
    s, w = panels(edges)
    h = df / 2
    density = np.exp(np.log(2) + h * np.log(h) - gammaln(h) + (df - 1) * np.log(s) - h * s * s)
    return float(np.sum(w * density * np.array([tail(v) for v in s])))


def range_tail(w, k):
    z, weight = panels(np.arange(-12, 30.1, 1.5))
    log_below = np.minimum(log_ndtr(z - w) - log_ndtr(z), -1e-300)
    share = -np.expm1((k - 1) * np.log1p(-np.exp(log_below)))
    return k * np.sum(weight * np.exp(-z * z / 2 + (k - 1) * log_ndtr(z)) * share) / np.sqrt(2 * np.pi)


def max_tail(w, lambdas):
    z, weight = panels(np.arange(0, 40.1, 1))
    log_inside = np.zeros_like(z)
    for l in lambdas:
        c = np.sqrt(1 - l * l)
        log_inside += np.log1p(-np.minimum(ndtr((l * z - w) / c) + ndtr((-l * z - w) / c), 1 - 1e-16))
    return 2 * np.sum(weight * np.exp(-z * z / 2) * -np.expm1(log_inside)) / np.sqrt(2 * np.pi)


out = {"studentizedRange": [], "dunnett": []}
for q, k, df in ((3, 3, 5), (8, 3, 5), (8, 7, 5), (4, 5, 30), (5, 7, 1332), (1, 3, 12), (14, 5, 12)):
    p = over_scale(df, lambda s: range_tail(q * s, k))
    out["studentizedRange"].append({"q": q, "groups": k, "df": df, "p": float(f"{p:.13g}")})
for t, lambdas, df in ((2.5, (0.5, 0.6, 0.7), 12), (1.3, (0.7,) * 4, 1332), (6, (0.9, 0.3), 5), (12, (0.6,) * 5, 30)):
    p = over_scale(df, lambda s: max_tail(t * s, lambdas))
    out["dunnett"].append({"t": t, "lambdas": lambdas, "df": df, "p": float(f"{p:.13g}")})
print(json.dumps(out, indent=1))
