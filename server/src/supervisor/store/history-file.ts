/**
 * The file of a channel's history, `state/history/<channel>`: the slots of both rings at fixed places, so that it never
 * grows and a crash costs the slots that were being written. 64 bytes of head, then 72 bytes a slot.
 */
import { closeSync, openSync, readSync, rmSync } from 'node:fs'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { SAMPLE_METRICS } from '../../core/status.js'
import { type History, MINUTES, type Ring, SECONDS } from './history.js'

const HEAD_BYTES = 64
const HEAD = `rxgst history 1 ${SAMPLE_METRICS.length}`
const SLOT_BYTES = 8 * (1 + SAMPLE_METRICS.length)

/** A file of another kind or version is removed; a file that is not there is an empty history. */
export function readHistory(path: string, history: History): void {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return
  }
  try {
    const head = Buffer.alloc(HEAD_BYTES)
    readSync(file, head, 0, HEAD_BYTES, 0)
    if (!head.toString('latin1').startsWith(`${HEAD}\n`)) {
      rmSync(path)
      return
    }
    let at = HEAD_BYTES
    for (const ring of [history.seconds, history.minutes]) {
      const bytes = Buffer.alloc(ring.slots * SLOT_BYTES)
      readSync(file, bytes, 0, bytes.length, at)
      at += bytes.length
      readRing(ring, bytes)
    }
  } catch {
    // A disk that does not read: the history begins anew.
  } finally {
    closeSync(file)
  }
}

function readRing(ring: Ring, bytes: Buffer): void {
  for (let slot = 0; slot < ring.slots; slot += 1) {
    const stamp = bytes.readDoubleLE(slot * SLOT_BYTES)
    if (!Number.isSafeInteger(stamp) || stamp <= 0 || stamp % ring.slots !== slot) continue
    ring.stamps[slot] = stamp
    for (const [i, metric] of SAMPLE_METRICS.entries()) {
      ring.values[metric][slot] = bytes.readDoubleLE(slot * SLOT_BYTES + 8 * (1 + i))
    }
  }
}

/** Writes the slots that changed. Rejects with the error of the disk; the slots stay to be written then. */
export async function writeHistory(path: string, history: History): Promise<void> {
  const file = await openForWriting(path)
  try {
    let at = HEAD_BYTES
    for (const ring of [history.seconds, history.minutes]) {
      await writeRing(file, ring, at)
      at += ring.slots * SLOT_BYTES
    }
  } finally {
    await file.close()
  }
}

async function openForWriting(path: string): Promise<FileHandle> {
  const file = await openOrMake(path)
  try {
    // Without its head all that comes later would be thrown away at the next start.
    if ((await file.stat()).size < HEAD_BYTES) await writeHead(file, path)
    return file
  } catch (error) {
    await file.close()
    throw error
  }
}

async function openOrMake(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  return open(path, 'w+', 0o600)
}

async function writeHead(file: FileHandle, path: string): Promise<void> {
  const head = Buffer.alloc(HEAD_BYTES)
  head.write(`${HEAD}\n`, 'latin1')
  try {
    await file.write(head, 0, HEAD_BYTES, 0)
    await file.truncate(HEAD_BYTES + (SECONDS + MINUTES) * SLOT_BYTES)
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
}

/** Neighbours go in one call. */
async function writeRing(file: FileHandle, ring: Ring, base: number): Promise<void> {
  const slots = [...ring.dirty].sort((a, b) => a - b)
  for (let from = 0; from < slots.length; ) {
    let to = from + 1
    while (to < slots.length && slots[to] === slots[to - 1]! + 1) to += 1
    const run = slots.slice(from, to)
    const bytes = Buffer.alloc(run.length * SLOT_BYTES)
    for (const [i, slot] of run.entries()) writeSlot(ring, slot, bytes.subarray(i * SLOT_BYTES))
    for (const slot of run) ring.dirty.delete(slot)
    try {
      await file.write(bytes, 0, bytes.length, base + run[0]! * SLOT_BYTES)
    } catch (error) {
      for (const slot of run) ring.dirty.add(slot)
      throw error
    }
    from = to
  }
}

function writeSlot(ring: Ring, slot: number, bytes: Buffer): void {
  bytes.writeDoubleLE(ring.stamps[slot]!, 0)
  for (const [i, metric] of SAMPLE_METRICS.entries()) bytes.writeDoubleLE(ring.values[metric][slot]!, 8 * (1 + i))
}
