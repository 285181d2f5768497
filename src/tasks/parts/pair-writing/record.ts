import type { Split } from '../../../contracts/index.ts';
import type { RandomStream } from '../../../core/index.ts';

/** One thing that is known: what it is about, and a value that a text can be searched for. */
export type Fact = { readonly about: string; readonly value: string };

/** What both agents write about. */
export type FactRecord = {
  /** `the village Morvale`. */
  readonly subject: string;
  readonly facts: readonly Fact[];
};

type Draw = (stream: RandomStream) => string;

const number =
  (low: number, high: number): Draw =>
  (stream) =>
    String(stream.integer(low, high));
const one =
  (...words: readonly string[]): Draw =>
  (stream) =>
    stream.pick(words);

const colours = one('red', 'blue', 'green', 'yellow', 'white', 'grey');
const weekdays = one('Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday');
const months = one('January', 'March', 'April', 'June', 'August', 'October', 'November');
const stuffs = one('oak', 'granite', 'brick', 'slate', 'iron', 'copper', 'glass');
const people = one('Ada Brenn', 'Ivo Kast', 'Mira Solt', 'Otto Verne', 'Pia Lund', 'Rhea Quist', 'Tam Wills');
const year = number(1701, 1999);
/** Numbers that nobody writes in words, and in which nobody puts a mark. */
const count = number(21, 980);

/** Ten things to know about each kind of subject. */
const kinds: Readonly<Record<string, Readonly<Record<string, Draw>>>> = {
  village: {
    'year of its founding': year,
    'number of people': count,
    'number of houses': count,
    'colour of its flag': colours,
    'day of the market': weekdays,
    'month of the fair': months,
    'name of the mayor': people,
    'height above the sea in metres': count,
    'what the bridge is made of': stuffs,
    'what it is known for': one('cheese', 'pottery', 'honey', 'lace', 'cider', 'bells'),
  },
  ship: {
    'year of its launch': year,
    'length in metres': number(21, 190),
    'number of sailors': count,
    'colour of the hull': colours,
    'name of the captain': people,
    'month of its first journey': months,
    'what its mast is made of': stuffs,
    'what it carries': one('salt', 'timber', 'coffee', 'wool', 'copper ore', 'tea'),
    'number of cabins': count,
    'day on which it leaves': weekdays,
  },
  theatre: {
    'year of its opening': year,
    'number of seats': count,
    'colour of the curtain': colours,
    'name of the director': people,
    'day on which it is closed': weekdays,
    'month of the first night': months,
    'what its dome is made of': stuffs,
    'number of lamps': count,
    'number of steps to the gallery': count,
    'what it is known for': one('puppets', 'comedies', 'operas', 'ballets', 'tragedies'),
  },
  workshop: {
    'year of its founding': year,
    'number of tools': count,
    'name of the owner': people,
    'what it makes': one('clocks', 'violins', 'kites', 'saddles', 'lanterns', 'chairs'),
    'what it works with': stuffs,
    'colour of the door': colours,
    'day for visitors': weekdays,
    'month in which it rests': months,
    'number of orders a year': count,
    'length of the hall in metres': number(21, 90),
  },
};

const beginnings = ['Mor', 'Kel', 'Tan', 'Bri', 'Osk', 'Ven', 'Dal', 'Rud', 'Hal', 'Lis', 'Gor', 'Fen'];
const middles = ['va', 'li', 'so', 'ne', 'du', 'ra', 'mi', 'to', 'ke', 'be'];
/** Names of the two splits end otherwise, so that no subject of one is met in the other. */
const endings: Readonly<Record<Split, readonly string[]>> = {
  train: ['ck', 'm', 'nd', 'rg', 'p'],
  test: ['le', 'th', 'ston', 'x', 'by'],
};

export const mostFacts = Math.min(...Object.values(kinds).map((known) => Object.keys(known).length));

/** A subject that does not exist, and some of what can be known about its kind, in any order. */
export function drawRecord(count: number, stream: RandomStream, split: Split): FactRecord {
  const kind = stream.pick(Object.keys(kinds));
  const name = stream.pick(beginnings) + stream.pick(middles) + stream.pick(endings[split]);
  const known = stream.shuffle(Object.entries(kinds[kind])).slice(0, count);
  return {
    subject: `the ${kind} ${name}`,
    facts: known.map(([about, draw]) => ({ about, value: draw(stream) })),
  };
}
