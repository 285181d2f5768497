/**
 * Words that tie sentences together, by the kind of tie. Only such as are rarely anything else: "so", "as", "then" or
 * "while" are left out, for most texts have them in other senses.
 */
export const transitions: Readonly<Record<string, readonly string[]>> = {
  addition: ['furthermore', 'moreover', 'additionally', 'in addition', 'besides', 'as well as', 'not only'],
  example: ['for example', 'for instance', 'such as', 'in particular', 'specifically', 'namely', 'notably'],
  explanation: ['that is to say', 'in other words', 'put simply', 'in fact', 'more precisely', 'indeed'],
  cause: ['because', 'therefore', 'thus', 'hence', 'consequently', 'as a result', 'for this reason'],
  contrast: ['however', 'by contrast', 'in contrast', 'on the other hand', 'whereas', 'instead', 'conversely'],
  concession: ['although', 'even though', 'despite', 'in spite of', 'nevertheless', 'nonetheless', 'admittedly'],
  sequence: ['first of all', 'firstly', 'secondly', 'thirdly', 'to begin with', 'next', 'finally', 'lastly'],
  time: ['afterwards', 'meanwhile', 'later on', 'previously', 'eventually', 'since then', 'at the same time'],
  comparison: ['similarly', 'likewise', 'in the same way', 'compared with', 'equally', 'just like'],
  condition: ['if', 'unless', 'provided that', 'as long as', 'in case', 'otherwise'],
  emphasis: ['above all', 'of course', 'certainly', 'undoubtedly', 'most importantly', 'especially'],
  summary: ['in short', 'in conclusion', 'to sum up', 'in summary', 'overall', 'altogether', 'on the whole'],
}; // prettier-ignore

/** Words that texts on any subject share. */
export const functionWords: ReadonlySet<string> = new Set(
  (
    'a about after all also an and any are as at be because been before being both but by can could did do does each for ' +
    'from had has have he her his i if in into is it its just like many may more most must no not of on once one only ' +
    'or other our out over she should so some such than that the their them then there these they this those to too ' +
    'under up us very was we were what when where which who will with would you your'
  ).split(' '),
);
