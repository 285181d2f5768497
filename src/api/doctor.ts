import { accessSync, constants, existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { availableParallelism, freemem, tmpdir } from 'node:os';
import path from 'node:path';
import type { JsonObject } from '../contracts/index.ts';
import { AgentMeshError, Problems, systemClock } from '../core/index.ts';
import { pocketFolder, readPocketFiles } from '../models/parts/pocket/files.ts';
import { pocketIds, writerIds } from '../models/parts/pocket/library.ts';
import { readWriterFiles } from '../models/parts/writer/files.ts';
import { missingTrainings } from './missing-trainings.ts';
import { openStore } from '../store/index.ts';
import { auditModels, prepareStudy, readStudyFile, resolveStudy } from '../study/index.ts';
import { catalogueFor } from './own-definitions.ts';
import { version } from './version.ts';
import { refuseTooManyRuns } from './too-many-runs.ts';

/** One thing that was checked. */
export interface Finding {
  readonly ok: boolean;
  readonly subject: string;
  /** What is right, or what is wrong and what to do. */
  readonly message: string;
}

const wantedDiskBytes = 500e6;

export interface DiagnoseOptions {
  /** Puts one small question to every model of a service, as the study would; true when absent. */
  readonly probe?: boolean;
}

/**
 * Checks the machine, the place where studies are kept, the database and the embedded models; and of a study file,
 * if one is named, everything at once: entries, keys, services, and whether each model can do what the study says.
 */
export async function diagnose(
  dataDirectory: string,
  studyFile?: string,
  { probe = true }: DiagnoseOptions = {},
): Promise<Finding[]> {
  const findings: Finding[] = [
    {
      ok: true,
      subject: 'AgentMesh-STM',
      message: `${version} on Node ${process.versions.node}, ${process.platform} ${process.arch}`,
    },
    {
      ok: true,
      subject: 'machine',
      message: `${availableParallelism()} cores, ${(freemem() / 1e9).toFixed(1)} GB memory free`,
    },
    checked(`data folder ${dataDirectory}`, () => {
      const place = nearestExisting(dataDirectory);
      accessSync(place, constants.W_OK);
      const { bavail, bsize } = statfsSync(place);
      const free = bavail * bsize;
      if (free < wantedDiskBytes)
        throw new Error(
          `only ${(free / 1e6).toFixed(0)} MB are free; make room or choose another with --data`,
        );
      return `writable, ${(free / 1e9).toFixed(1)} GB free`;
    }),
    await checkedAsync('database', probeStore),
  ];
  findings.push(checked('embedded models', readEmbeddedModels));
  if (studyFile !== undefined) findings.push(...(await probeStudy(studyFile, probe)));
  return findings;
}

async function probeStore(): Promise<string> {
  const directory = mkdtempSync(path.join(tmpdir(), 'agentmesh-doctor-'));
  try {
    const store = await openStore(directory, { clock: systemClock });
    await store.settled();
    await store.close();
    return 'opens, locks and closes';
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function readEmbeddedModels(): string {
  const [choosers, writers] = [pocketIds(), writerIds()];
  for (const id of choosers) readPocketFiles(pocketFolder(id));
  for (const id of writers) readWriterFiles(pocketFolder(id));
  const ids = [...choosers, ...writers];
  return `${ids.join(', ') || 'none'}: files are complete, checksums agree`;
}

async function probeStudy(file: string, probe: boolean): Promise<Finding[]> {
  const subject = `study ${file}`;
  const problems = new Problems();
  const found = await problems.collectAsync(async () => {
    const source = await readStudyFile(file);
    const resolved = resolveStudy(source, await catalogueFor(file), problems);
    refuseTooManyRuns(resolved, source);
    const missing = missingTrainings(resolved).length;
    // What acts by networks that are still to be trained is made when the study runs.
    const strategies = resolved.strategies.filter(
      (entry) => missing === 0 || missingTrainings({ ...resolved, strategies: [entry] }).length === 0,
    );
    const prepared = await prepareStudy(
      { ...resolved, strategies },
      { clock: systemClock, workers: 1 },
      { problems, probe },
    );
    try {
      const { probes } = await auditModels(prepared.runs, { problems, probe });
      const inMemory = new Map(
        prepared.runs.flatMap(({ playerModel, model }) =>
          playerModel.memoryBytes === undefined ? [] : [[model, playerModel.memoryBytes] as const],
        ),
      );
      return { runs: prepared.runs.length, missing, probes: Object.values(probes), inMemory };
    } finally {
      await prepared.close();
    }
  });
  const wrong = problems.messages.map((message) => ({ ok: false, subject, message }));
  const models = (found?.probes ?? []).map(({ model, ...rest }) => ({
    ok: true,
    subject: `model ${JSON.stringify(model)}`,
    message: `${rest.answered === false ? 'is reached' : 'answers'}; ${factsText(rest)}`,
  }));
  for (const [model, bytes] of found?.inMemory ?? []) {
    const message = `loads; takes about ${(bytes / 1e9).toFixed(1)} GB of memory`;
    models.push({ ok: true, subject: `model ${JSON.stringify(model)}`, message });
  }
  if (wrong.length > 0) return [...models, ...wrong];
  const runs = `valid, ${found?.runs ?? 0} runs`;
  const missing = found?.missing ?? 0;
  const message = missing > 0 ? `${runs} and those of ${missing} networks that \`run\` trains first` : runs;
  return [...models, { ok: true, subject, message }];
}

/** What a probe found, in words. */
function factsText(found: JsonObject): string {
  return Object.entries(found)
    .map(
      ([name, value]) => `${name} ${value === true ? 'yes' : value === false ? 'no' : JSON.stringify(value)}`,
    )
    .join(', ');
}

function nearestExisting(place: string): string {
  const full = path.resolve(place);
  return existsSync(full) ? full : nearestExisting(path.dirname(full));
}

function checked(subject: string, check: () => string): Finding {
  try {
    return { ok: true, subject, message: check() };
  } catch (error) {
    return { ok: false, subject, message: reason(error) };
  }
}

async function checkedAsync(subject: string, check: () => Promise<string>): Promise<Finding> {
  try {
    return { ok: true, subject, message: await check() };
  } catch (error) {
    return { ok: false, subject, message: reason(error) };
  }
}

function reason(error: unknown): string {
  if (error instanceof AgentMeshError) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
