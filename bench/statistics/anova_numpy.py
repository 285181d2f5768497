"""Type III analysis of variance of a large table in NumPy: collapse to cells, then least squares.

    python3 anova_numpy.py table.csv
"""

import json
import sys
import time

import numpy as np

data = np.loadtxt(sys.argv[1], delimiter=",")
codes, y = data[:, :3].astype(np.uint8), np.ascontiguousarray(data[:, 3])


def sum_coded(code, count):
    out = np.zeros((len(code), count - 1))
    for j in range(count - 1):
        out[:, j] = (code == j) * 1.0 - (code == count - 1) * 1.0
    return out


def product(a, b):
    return (a[:, :, None] * b[:, None, :]).reshape(len(a), -1)


def run():
    levels = codes.max(axis=0).astype(int) + 1
    key = (codes[:, 0].astype(int) * levels[1] + codes[:, 1]) * levels[2] + codes[:, 2]
    size = int(np.prod(levels))
    counts = np.bincount(key, minlength=size)
    centred = y - y.mean()
    sums = np.bincount(key, centred, size)
    full = np.arange(size)
    occupied = counts > 0
    c = np.stack([full // (levels[1] * levels[2]), full // levels[2] % levels[1], full % levels[2]], 1)[occupied]
    counts, sums = counts[occupied], sums[occupied]
    main = [sum_coded(c[:, f], levels[f]) for f in range(3)]
    parts = [np.ones((len(c), 1)), *main, product(main[0], main[1]), product(main[0], main[2]), product(main[1], main[2])]
    root = np.sqrt(counts)[:, None]
    total = np.sum(centred * centred)
    F = []
    for t in range(1, 7):
        order = [p for p in range(7) if p != t] + [t]
        X = np.hstack([parts[p] for p in order])
        Q, _ = np.linalg.qr(root * X)
        z = Q.T @ (sums / root[:, 0])
        df = parts[t].shape[1]
        mse = (total - np.sum(z * z)) / (len(y) - X.shape[1])
        F.append(np.sum(z[-df:] ** 2) / df / mse)
    return F


best = np.inf
for _ in range(3):
    start = time.process_time()
    values = run()
    best = min(best, time.process_time() - start)
print(json.dumps({"program": "NumPy " + np.__version__, "task": "anova million", "seconds": best, "values": [float(v) for v in values]}))
