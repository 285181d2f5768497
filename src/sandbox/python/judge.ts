import { values } from './values.ts';

/**
 * The process that runs the tests of a problem. It never runs a line of the program: it starts the player and hands its
 * tests a stand-in that has the player called, and takes plain values for answers. So no program can forge a verdict, not
 * even by a value that is equal to everything.
 */
export const judge = String.raw`
import sys, os, json, subprocess

given = json.loads(sys.stdin.buffer.readline())
limits = given['limits']
verdicts = os.fdopen(os.dup(1), 'wb', 0)
null = os.open(os.devnull, os.O_RDWR)
for number in (0, 1, 2): os.dup2(null, number)

class Stopped(BaseException): pass

def end(**verdict):
    verdict['key'] = given['key']
    verdicts.write((json.dumps(verdict) + '\n').encode())
    os._exit(0)

${values}
program = subprocess.Popen([sys.executable, '-I', '-S', '-B', '-c', given['player']], stdin=subprocess.PIPE,
    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, close_fds=True)

def put(what):
    try:
        program.stdin.write((json.dumps(what) + '\n').encode())
        program.stdin.flush()
    except OSError: pass

def heard():
    line = program.stdout.readline(limits['outputBytes'] + 1)
    if len(line) > limits['outputBytes']: raise Stopped('output')
    if not line.endswith(b'\n'):
        code = program.wait()
        # It was ended by its own limit of time, or otherwise.
        raise Stopped('time' if code in (-24, -9) else 'fault')
    try: answer = json.loads(line)
    except (ValueError, RecursionError): raise Stopped('fault')
    if not isinstance(answer, dict): raise Stopped('fault')
    if answer.get('stopped') == 'memory': raise Stopped('memory')
    return answer

class Threw(Exception): pass

def thrown(answer):
    kind = getattr(__builtins__, str(answer.get('threw')), None)
    if not (isinstance(kind, type) and issubclass(kind, Exception)): kind = Threw
    try: return kind(str(answer.get('message'))[:200])
    except TypeError: return Threw(str(answer.get('message'))[:200])

def standing_for(name):
    def candidate(*values, **named):
        put([name, [packed(value) for value in values], {key: packed(value) for key, value in named.items()}])
        answer = heard()
        if 'value' not in answer: raise thrown(answer)
        try: return unpacked(answer['value'])
        except (ValueError, TypeError, KeyError, IndexError, RecursionError): raise Stopped('fault')
    return candidate

entry = given['entryPoint']
space = {'__name__': 'tests'}
try:
    exec(compile(given['setup'], 'setup.py', 'exec'), space)
    space[entry] = standing_for(entry)
    exec(compile(given['tests'], 'tests.py', 'exec'), space)
    check = space['check']
except BaseException as error:
    program.kill()
    end(broken=type(error).__name__ + ': ' + str(error)[:200])
try:
    put({'source': given['source'], 'limits': limits})
    ready = heard()
    if not ready.get('ready'): raise thrown(ready)
    check(space[entry])
    verdict = {'passed': True}
except Stopped as stop: verdict = {'stopped': str(stop)}
except BaseException as error: verdict = {'failed': type(error).__name__ + ': ' + str(error)[:200]}
program.kill()
end(**verdict)
`;
