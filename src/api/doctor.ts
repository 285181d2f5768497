import { accessSync, constants, existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { availableParallelism, freemem, tmpdir } from 'node:os';
import path from 'node:path';
import { AgentMeshError, systemClock } from '../core/index.ts';
import { openStore } from '../store/index.ts';
import { prepareStudy, readStudyFile, resolveStudy } from '../study/index.ts';
import { builtInCatalogue } from './catalogue.ts';
import { version } from './version.ts';

/** One thing that was checked. */
export interface Finding {
  readonly ok: boolean;
  readonly subject: string;
  /** What is right, or what is wrong and what to do. */
  readonly message: string;
}

const wantedDiskBytes = 500e6;

/** Checks the machine, the place where studies are kept, the database, and a study file if one is named. */
export async function diagnose(dataDirectory: string, studyFile?: string): Promise<Finding[]> {
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
  if (studyFile !== undefined)
    findings.push(await checkedAsync(`study ${studyFile}`, () => probeStudy(studyFile)));
  return findings;
}

async function probeStore(): Promise<string> {
  const directory = mkdtempSync(path.join(tmpdir(), 'agentmesh-doctor-'));
  try {
    const store = await openStore(directory, { mode: 'write', clock: systemClock });
    await store.settled();
    await store.close();
    return 'opens, locks and closes';
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function probeStudy(file: string): Promise<string> {
  const resolved = resolveStudy(await readStudyFile(file), builtInCatalogue);
  const prepared = await prepareStudy(resolved, { clock: systemClock, workers: 1 });
  await prepared.close();
  return `valid, ${prepared.runs.length} runs`;
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
