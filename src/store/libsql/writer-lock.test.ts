import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { exitCodes, systemClock as clock } from '../../core/index.ts';
import { startChild, temporaryFolders } from '../../../test/support/writing-process.ts';
import { acquireWriterLock, openStore, readStore, StudyLockedError } from '../index.ts';

const newFolder = temporaryFolders();
const locked = async (folder: string) => {
  const error: unknown = await acquireWriterLock(folder, clock).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(StudyLockedError);
  return error as StudyLockedError;
};

const sleepers: number[] = [];
afterEach(() => {
  for (const pid of sleepers.splice(0)) process.kill(pid);
});

/** A child that holds the lock, and has started a process of its own that outlives it. */
async function startHolder(folder: string) {
  const child = startChild(folder, 0, 0);
  sleepers.push(Number((await child.said('sleeper')).split(' ')[1]));
  const kill = async () => {
    child.process.kill('SIGKILL');
    await child.ended;
  };
  return { pid: child.process.pid, kill };
}

describe('the writer lock', () => {
  it('refuses a second writer with exit code 2, naming the first, whose death frees it at once, whatever it started', async () => {
    const folder = newFolder();
    const holder = await startHolder(folder);
    const error = await locked(folder);
    expect(error.pid).toBe(holder.pid);
    expect(error.message).toContain(`process ${holder.pid} on ${hostname()} (started `);
    expect(error.exitCode).toBe(exitCodes.refused);

    const second = startChild(folder, 0, 1);
    await second.ended;
    expect(second.lines.at(-1)).toContain(`process ${holder.pid}`);

    await holder.kill();
    const impatient = { ...clock, sleep: () => Promise.reject(new Error('it waited')) };
    (await acquireWriterLock(folder, impatient)).release();
  });

  it('trusts no process id: a dead writer whose id now belongs to another process holds nothing', async () => {
    const folder = newFolder();
    await (await startHolder(folder)).kill();
    const infoFile = path.join(folder, 'writer.json');
    const info = JSON.parse(readFileSync(infoFile, 'utf8')) as object;
    writeFileSync(infoFile, JSON.stringify({ ...info, pid: process.pid }));
    (await acquireWriterLock(folder, clock)).release();
  });

  it('holds within one process too, and is free after release, which may be repeated', async () => {
    const folder = newFolder();
    const lock = await acquireWriterLock(folder, clock);
    expect((await locked(folder)).pid).toBe(process.pid);
    lock.release();
    lock.release();
    const again = await acquireWriterLock(folder, clock);
    lock.release();
    await locked(folder);
    again.release();
  });

  it('does not depend on the file that names the writer', async () => {
    const folder = newFolder();
    const lock = await acquireWriterLock(folder, clock);
    rmSync(path.join(folder, 'writer.json'));
    const error = await locked(folder);
    expect(error.pid).toBeUndefined();
    expect(error.message).toContain('another process');
    lock.release();
  });

  it('is taken by a store that writes, or lent to it, and does not hinder readers', async () => {
    const folder = newFolder();
    const store = await openStore(folder, { clock });
    await locked(folder);
    const reader = await readStore(folder);
    await reader.close();
    await locked(folder);
    await store.close();
    const lock = await acquireWriterLock(folder, clock);
    const borrowing = await openStore(folder, { clock, lock });
    await borrowing.close();
    await locked(folder);
    lock.release();
  });
});
