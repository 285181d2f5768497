// Recording what models answer, and playing it back.
export { type Cassette, openCassette } from './cassette-reader.ts';
export { type CassetteWriter, cassetteWriter } from './cassette-writer.ts';
export { recorded, replayed } from './recorded-model.ts';
