import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { schemaAddress } from './schema-address.ts';

function folder(): string {
  const made = realpathSync(mkdtempSync(path.join(tmpdir(), 'agentmesh schema-')));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function schemaIn(place: string): string {
  const file = path.join(place, 'schema/study.schema.json');
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, '{}');
  return file;
}

it('leads from a study to the package that is installed above it', () => {
  const project = folder();
  const schema = schemaIn(path.join(project, 'node_modules/agentmesh-stm'));
  for (const [file, address] of [
    ['study.yaml', './node_modules/agentmesh-stm/schema/study.schema.json'],
    ['studies/mine/a.yaml', '../../node_modules/agentmesh-stm/schema/study.schema.json'],
  ]) {
    const written = schemaAddress(path.join(project, file), schema);
    expect(written).toBe(address);
    expect(existsSync(path.resolve(project, path.dirname(file), written))).toBe(true);
  }
});

it('leads from a study in a clone to the clone', () => {
  const clone = folder();
  expect(schemaAddress(path.join(clone, 'study.yaml'), schemaIn(clone))).toBe('./schema/study.schema.json');
});

it('is an address without spaces where the package is elsewhere', () => {
  const schema = schemaIn(path.join(folder(), 'a place'));
  const written = schemaAddress(path.join(folder(), 'study.yaml'), schema);
  expect(written).toMatch(/^file:\/\/\/\S+$/);
  expect(fileURLToPath(written)).toBe(schema);
});
