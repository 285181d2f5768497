// Recording what models answer, and playing it back.
export { type Cassette, openCassette } from './reader.ts';
export { type CassetteWriter, cassetteWriter } from './writer.ts';
export { recorded, replayed } from './recorded-model.ts';
