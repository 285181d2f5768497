"""Freedman-Lane permutation tests in NumPy: the same reduction to sums per cell, vectorised over resamples.

    python3 permutation_numpy.py table.csv NAME RESAMPLES
"""

import json
import sys
import time

import numpy as np

file, name, resamples = sys.argv[1], sys.argv[2], int(sys.argv[3])
data = np.loadtxt(file, delimiter=",")
codes, y = data[:, :3].astype(int), data[:, 3]
levels = codes.max(axis=0) + 1
n = len(y)
block = 250


def sum_coded(code, count):
    out = np.zeros((len(code), count - 1))
    for j in range(count - 1):
        out[:, j] = (code == j) * 1.0 - (code == count - 1) * 1.0
    return out


def product(a, b):
    return (a[:, :, None] * b[:, None, :]).reshape(len(a), -1)


def prepare():
    key = (codes[:, 0] * levels[1] + codes[:, 1]) * levels[2] + codes[:, 2]
    occupied, cell, counts = np.unique(key, return_inverse=True, return_counts=True)
    c = np.stack([occupied // (levels[1] * levels[2]), occupied // levels[2] % levels[1], occupied % levels[2]], 1)
    main = [sum_coded(c[:, f], levels[f]) for f in range(3)]
    parts = [np.ones((len(c), 1)), *main, product(main[0], main[1]), product(main[0], main[2]), product(main[1], main[2])]
    terms = []
    root = np.sqrt(counts)[:, None]
    for t in range(1, 7):
        order = [p for p in range(7) if p != t] + [t]
        X = np.hstack([parts[p] for p in order])
        Q, _ = np.linalg.qr(root * X)
        M = Q / root  # coordinates = M' * cell sums
        df = parts[t].shape[1]
        z = X.shape[1] - df
        sums = np.bincount(cell, y, len(counts))
        e = y - (M[:, :z] @ (M[:, :z].T @ sums))[cell]
        terms.append((M, z, df, e, np.sum(e * e)))
    leverage = np.sum(terms[0][0] ** 2, axis=1)
    return cell, counts, terms, leverage


def shuffled(rng, cell, count):
    return rng.permuted(np.broadcast_to(cell, (count, n)), axis=1)


def plain(M, z, df, total, sums, dfe):
    Z = sums @ M
    own = np.sum(Z[:, z:] ** 2, axis=1)
    return own / df / ((total - np.sum(Z[:, :z] ** 2, axis=1) - own) / dfe)


def robust(M, z, df, sums, squares, counts, leverage):
    Z = sums @ M
    fit = Z @ M.T
    meat = (squares - 2 * fit * sums + counts * fit * fit) / (1 - leverage) ** 2
    G = M[:, z:]
    pairs = (G[:, :, None] * G[:, None, :]).reshape(len(G), -1)
    V = (meat @ pairs).reshape(-1, df, df)
    w = Z[:, z:]
    return np.sum(w * np.linalg.solve(V, w[:, :, None])[:, :, 0], axis=1) / df


def run(kind):
    cell, counts, terms, leverage = prepare()
    m = len(counts)
    dfe = n - terms[0][0].shape[1]
    exceeding = np.zeros(6, int)

    def statistic(t, sums, squares):
        M, z, df, e, total = terms[t]
        if kind == "F":
            return plain(M, z, df, total, sums, dfe)
        return robust(M, z, df, sums, squares, counts, leverage)

    observed = []
    for t in range(6):
        e = terms[t][3]
        sums = np.bincount(cell, e, m)[None]
        squares = np.bincount(cell, e * e, m)[None]
        observed.append(statistic(t, sums, squares)[0] * (1 - 1e-12))
    rng = np.random.default_rng(1)
    for first in range(0, resamples, block):
        count = min(block, resamples - first)
        labels = shuffled(rng, cell, count) + (np.arange(count) * m)[:, None]
        flat = labels.ravel()
        for t in range(6):
            e = terms[t][3]
            sums = np.bincount(flat, np.broadcast_to(e, (count, n)).ravel(), count * m).reshape(count, m)
            squares = None
            if kind == "hc3":
                squares = np.bincount(flat, np.broadcast_to(e * e, (count, n)).ravel(), count * m).reshape(count, m)
            exceeding[t] += np.sum(statistic(t, sums, squares) >= observed[t])
    return exceeding


for kind in ("F", "hc3"):
    best = np.inf
    for _ in range(3):
        start = time.process_time()
        values = run(kind)
        best = min(best, time.process_time() - start)
    print(json.dumps({"program": "NumPy " + np.__version__, "task": f"{name} {kind}", "seconds": best, "values": values.tolist()}))
