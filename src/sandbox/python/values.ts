/**
 * How values go between the tests and the program: plain ones alone, as JSON. What a program made of a plain kind becomes
 * that kind again, so that none of its own methods reaches the tests.
 */
export const values = String.raw`
def packed(value):
    kind = type(value)
    if value is None or kind in (bool, int, str): return value
    if isinstance(value, bool): return bool(value)
    if isinstance(value, int): return int(value)
    if isinstance(value, str): return str.__str__(value)
    if isinstance(value, float): return ['float', repr(float(value))]
    if isinstance(value, complex): return ['complex', repr(value.real), repr(value.imag)]
    if isinstance(value, (bytes, bytearray)): return ['bytes', bytes(value).hex()]
    for name, of in (('tuple', tuple), ('list', list), ('set', set), ('frozenset', frozenset)):
        if isinstance(value, of): return [name, [packed(part) for part in value]]
    if isinstance(value, dict): return ['dict', [[packed(a), packed(b)] for a, b in value.items()]]
    raise TypeError('a ' + kind.__name__ + ' cannot be passed between a program and its tests')

def unpacked(value):
    if not isinstance(value, list): return value
    kind = value[0]
    if kind == 'float': return float(value[1])
    if kind == 'complex': return complex(float(value[1]), float(value[2]))
    if kind == 'bytes': return bytes.fromhex(value[1])
    if kind == 'dict': return {unpacked(a): unpacked(b) for a, b in value[1]}
    made = {'tuple': tuple, 'list': list, 'set': set, 'frozenset': frozenset}[kind]
    return made(unpacked(part) for part in value[1])
`;
