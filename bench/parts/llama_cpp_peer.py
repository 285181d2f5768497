"""llama-cpp-python on the same file and the same tokens: one line of JSON a task on standard input, one answer a line.

Run by `npm run bench -- gguf --beside <python>`.
"""
import json
import sys
import time

import numpy as np
from llama_cpp import Llama

path, context, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
llama = Llama(path, n_ctx=context, n_batch=512, n_threads=threads, n_threads_batch=threads, verbose=False)


def decide(rest):
    """The distribution over the vocabulary after a question whose rules are evaluated already."""
    llama.eval(rest)
    logits = np.array(llama.eval_logits[-1] if llama._logits_all else llama.scores[llama.n_tokens - 1])
    p = np.exp(logits - logits.max())
    return float((p / p.sum()).max())


def write(tokens, count):
    written = 0
    for _ in llama.generate(tokens, top_k=0, top_p=1.0, min_p=0.0, temp=1.0, repeat_penalty=1.0, reset=True):
        written += 1
        if written >= count:
            break
    return written


for line in sys.stdin:
    task = json.loads(line)
    rules, rest = task["rules"], task["rest"]
    if llama.n_tokens < len(rules) or list(llama.input_ids[: len(rules)]) != rules:
        llama.reset()
        llama.eval(rules)
    llama.n_tokens = len(rules)
    llama._ctx.kv_cache_seq_rm(-1, len(rules), -1)
    start = time.process_time()
    done = write(rules + rest, task["write"]) if task["write"] else decide(rest)
    print(json.dumps({"seconds": time.process_time() - start, "done": done}), flush=True)
