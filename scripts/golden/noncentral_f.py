"""Reference tails of the noncentral F distribution in 450-digit arithmetic (needs mpmath).

Sums the Poisson mixture from j = 0, so that even tails of 1e-400 are exact. Prints JSON with natural
logarithms; src/stats/distributions/noncentral-f.test.ts reads it from test/golden/statistics/noncentral-f.json.

    python3 scripts/golden/noncentral_f.py > test/golden/statistics/noncentral-f.json
"""

import json

import mpmath as mp

mp.mp.dps = 450


def log_tails(F, df1, df2, ncp):
    a, b = mp.mpf(df1) / 2, mp.mpf(df2) / 2
    y = mp.mpf(df1) * F / (df2 + mp.mpf(df1) * F)
    half = mp.mpf(ncp) / 2
    top = int(half + 60 * mp.sqrt(half) + 900)
    beta = mp.betainc(a + top, b, 0, y, regularized=True)
    weight = mp.e ** (-half + top * mp.log(half) - mp.loggamma(top + 1))
    step = mp.e ** (
        (a + top) * mp.log(y) + b * mp.log(1 - y) - mp.loggamma(a + top + 1) - mp.loggamma(b) + mp.loggamma(a + top + b)
    )
    lower = upper = mp.mpf(0)
    for j in range(top, -1, -1):
        lower += weight * beta
        upper += weight * (1 - beta)
        if j > 0:
            step *= (a + j) / (y * (a + b + j - 1))
            beta += step
            weight *= j / half
    return lower, upper


rows = []
for F in (0.5, 1, 5, 20, 100):
    for df1, df2 in ((2, 30), (4, 1332), (24, 3322)):
        for ncp in (0.5, 40, 1000):
            lower, upper = log_tails(mp.mpf(F), df1, df2, ncp)
            rows.append(
                {
                    "F": F,
                    "df1": df1,
                    "df2": df2,
                    "ncp": ncp,
                    "logLower": mp.nstr(mp.log(lower), 20),
                    "logUpper": mp.nstr(mp.log(upper), 20),
                }
            )
print("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]")
