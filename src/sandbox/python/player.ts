import { values } from './values.ts';

/**
 * The process that runs a program which a model wrote. It reads one line with the program, then calls of its functions,
 * one a line, and answers each with a line. All that it can do to a verdict is to give back a value.
 *
 * Before the program is read it gives up what it can: root's rights, the network, further processes, memory, files.
 */
export const player = String.raw`
import sys, os, json
import math, typing, collections, itertools, functools, re, heapq, bisect, string, random, hashlib, datetime, copy
import operator, statistics, fractions, decimal, cmath, array, queue, enum, dataclasses, textwrap, collections.abc
import abc, calendar, numbers, types, time, unicodedata, zlib, traceback, builtins

def fenced(limits):
    mine = (os.dup(0), os.dup(1))
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2): os.dup2(null, number)
    try:
        import resource, ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        root = os.geteuid() == 0
        # A network of its own, with nothing in it, where the system lends one to anybody.
        libc.unshare(0x40000000 if root else 0x50000000)
        if root:
            os.setgroups([]); os.setgid(65534); os.setuid(65534)
        def limit(name, most):
            if not hasattr(resource, name): return
            try: resource.setrlimit(getattr(resource, name), (most, most))
            except (ValueError, OSError): pass
        limit('RLIMIT_CPU', limits['cpuSeconds'])
        limit('RLIMIT_AS', limits['memoryBytes'])
        limit('RLIMIT_DATA', limits['memoryBytes'])
        limit('RLIMIT_FSIZE', 0)
        limit('RLIMIT_NPROC', 0)
        limit('RLIMIT_NOFILE', 16)
        limit('RLIMIT_CORE', 0)
    except (ImportError, OSError, AttributeError):
        pass
    return mine

def hooked():
    # What a program of this kind needs; whatever else asks the system for something is refused.
    harmless = {'import', 'exec', 'compile', 'marshal.loads', 'sys._getframe', 'object.__getattr__', 'builtins.id',
                'object.__setattr__', 'object.__delattr__', 'code.__new__', 'function.__new__', 'array.__new__',
                'time.sleep', 'setopencodehook', 'cpython.run_stdin', 'builtins.input', 'builtins.input/result'}
    library = tuple({os.path.realpath(path) + os.sep for path in sys.path if path and os.path.isdir(path)})
    real, fspath, refuse = os.path.realpath, os.fspath, PermissionError
    def hook(event, given):
        if event in harmless: return
        if event in ('os.listdir', 'os.scandir') and given[0] is not None:
            if (real(fspath(given[0])) + '/').startswith(library): return
        if event == 'open' and isinstance(given[0], (str, bytes)) and given[1] in ('r', 'rb', None):
            if not given[2] & 0o1103 and os.fsdecode(real(given[0])).startswith(library): return
        raise refuse('a program may not do this here: ' + event)
    sys.addaudithook(hook)

${values}
def play():
    first = json.loads(sys.stdin.buffer.readline())
    inner, outer = fenced(first['limits'])
    calls, answers = os.fdopen(inner, 'rb', 0), os.fdopen(outer, 'wb', 0)
    hooked()
    def tell(what):
        answers.write((json.dumps(what) + '\n').encode())
    def wrong(error):
        name = type(error).__name__
        if isinstance(error, MemoryError): return {'stopped': 'memory'}
        try: message = str(error)[:200]
        except BaseException: message = ''
        return {'threw': name, 'message': message}
    space = {'__name__': 'program'}
    try:
        exec(compile(first['source'], 'program.py', 'exec'), space)
        tell({'ready': True})
    except BaseException as error:
        tell(wrong(error))
        return
    line = bytearray()
    while True:
        part = calls.read(65536)
        if not part: return
        line += part
        if not line.endswith(b'\n'): continue
        name, given, named = json.loads(line)
        line.clear()
        try:
            arguments = [unpacked(value) for value in given]
            value = space[name](*arguments, **{key: unpacked(one) for key, one in named.items()})
            tell({'value': packed(value)})
        except BaseException as error:
            tell(wrong(error))

play()
`;
