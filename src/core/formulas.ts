// What spreadsheets skip before they look at a cell: spaces, controls, invisible characters, and quotation marks.
const skipped = '\\p{Z}\\p{C}\\p{DI}\\u2800"\\u201c\\u201d\\u201e\\u00ab\\u00bb';
// What makes the rest a formula, a command (`|`) or one written as an address (`%`); full-width and small forms too.
const signs = '=+\\-@|%\\uff1d\\uff0b\\uff0d\\uff20\\uff5c\\uff05\\ufe66\\ufe62\\ufe63\\ufe6b\\ufe6a';

const atStart = new RegExp(`^[;${skipped}]*[${signs}]`, 'u');
// Where ";" separates cells, as in much of Europe, a cell also begins there and on every line of a text.
const atSeparator = new RegExp(`([;\\r\\n])(?=(?:(?![\\r\\n])[${skipped}])*[${signs}])`, 'gu');

/**
 * Text that no spreadsheet runs as a formula: an apostrophe goes before it wherever a cell may begin, as OWASP advises
 * ("CSV Injection"). Text that cannot be meant as a formula stays as it is. Linear in the text's length.
 */
export function disarmed(text: string): string {
  const inside = text.replace(atSeparator, "$1'");
  return atStart.test(text) ? `'${inside}` : inside;
}
