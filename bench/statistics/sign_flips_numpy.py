"""The primary tests of a study in NumPy, vectorised over flips: the statistics of src/stats/blocks.

    python3 sign_flips_numpy.py table.csv NAME FLIPS

The table has five strategies, seven models and four tasks with ten seeds each, in that order of nesting.
"""

import json
import sys
import time

import numpy as np

file, name, flips = sys.argv[1], sys.argv[2], int(sys.argv[3])
scores = np.loadtxt(file, delimiter=",")[:, 3].reshape(5, 7, 4, 10)
# [task, seed, strategy x model]
blocks = scores.transpose(2, 3, 0, 1).reshape(4, 10, 35)
chunk = 1000


def helmert(k):
    out = np.zeros((k - 1, k))
    for i in range(1, k):
        out[i - 1, :i], out[i - 1, i] = -1, i
        out[i - 1] /= np.sqrt(i * (i + 1))
    return out


def mean_row(k):
    return np.full((1, k), 1 / np.sqrt(k))


def kept_means(m, sizes, H):
    w = np.maximum(sizes, 1e-9 * sizes.max())
    off = w[:, None] * (H.T @ np.linalg.solve(H * w @ H.T, H @ m))
    P = np.eye(len(w)) - H.T @ H
    size, expected = np.sum(m * (P @ m)), np.sum(np.diag(P) * w)
    shrink = 1 - expected / size if size > expected else 0
    return shrink * off + (1 - shrink) * m


def statistics(means, scatter, H, n, wald):
    """means [B, groups, d]; scatter: mean over blocks of e e' per group [groups, d, d]."""
    B, groups, d = means.shape
    v = np.einsum("hg,bgd->bhd", H, means).reshape(B, -1)
    if not wald:
        traces = np.trace(scatter, axis1=1, axis2=2) - np.sum(means**2, 2)
        return np.sum(v**2, 1) / (traces @ (np.sum(H**2, 0) / (n - 1)))
    V = np.zeros((B, len(H), d, len(H), d))
    for g in range(groups):
        S = (scatter[g] - means[:, g, :, None] * means[:, g, None, :]) / (n - 1)
        V += np.einsum("i,j,bkl->bikjl", H[:, g], H[:, g], S)
    V = V.reshape(B, v.shape[1], v.shape[1])
    return np.einsum("bi,bi->b", v, np.linalg.solve(V, v[:, :, None])[:, :, 0])


def sign_flips(values, H, rng, wald):
    groups, n, d = values.shape
    m = values.mean(1)
    residuals = values - m[:, None]
    kept = kept_means(m, np.sum(residuals**2, (1, 2)) / (n * (n - 1)), H)
    scatter = np.einsum("gnk,gnl->gkl", residuals, residuals) / n + m[:, :, None] * m[:, None]
    observed = statistics(m[None], scatter, H, n, wald)[0]
    e = residuals + kept[:, None]
    scatter = np.einsum("gnk,gnl->gkl", e, e) / n
    count = 0
    for _ in range(0, flips, chunk):
        signs = rng.integers(0, 2, (chunk, groups, n)) * 2.0 - 1
        means = np.einsum("bgn,gnd->bgd", signs, e) / n
        count += int(np.sum(statistics(means, scatter, H, n, wald) >= observed * (1 - 1e-12)))
    return count


def shuffles(values, H, rng):
    groups, n = values.shape

    def wald(x):
        m = x.mean(2)
        v = m @ H.T
        V = np.einsum("ig,jg,bg->bij", H, H, x.var(2, ddof=1) / n)
        return np.einsum("bi,bi->b", v, np.linalg.solve(V, v[:, :, None])[:, :, 0])

    observed = wald(values[None])[0]
    flat = values.ravel()
    count = 0
    for _ in range(0, flips, chunk):
        order = np.argsort(rng.random((chunk, flat.size)), 1)
        count += int(np.sum(wald(flat[order].reshape(chunk, groups, n)) >= observed * (1 - 1e-12)))
    return count


def primary(rng):
    one, tasks = mean_row(4), helmert(4)
    within = {
        "strategy": np.kron(helmert(5), mean_row(7)),
        "model": np.kron(mean_row(5), helmert(7)),
        "strategy:model": np.kron(helmert(5), helmert(7)),
    }
    counts = {}
    for key, C in within.items():
        values = blocks @ C.T
        for term, H in ((key, one), (f"{key}:task", tasks)):
            counts[term] = sign_flips(values, H, rng, 2 * len(H) * len(C) <= 36)
    levels = blocks @ np.kron(mean_row(5), mean_row(7)).T
    counts["task"] = max(shuffles(levels[:, :, 0], tasks, rng), sign_flips(levels, tasks, rng, True))
    order = ["strategy", "model", "task", "strategy:model", "strategy:task", "model:task", "strategy:model:task"]
    return [counts[term] for term in order]


best = np.inf
for repetition in range(2):
    start = time.process_time()
    values = primary(np.random.default_rng(repetition))
    best = min(best, time.process_time() - start)
print(json.dumps({"program": "NumPy", "task": f"{name} primary", "seconds": best, "values": values}))
