import * as assert from 'uvu/assert'
import type { AudioChunk, FrameWithAudio, RTMPCapture, StreamState, VideoFrame } from '../../../src/index'
import { meanLuma } from '../../support/media/picture'
import { channelOf, onset, rms } from '../../support/media/audio'

/** One frame, without its pixels. */
export interface Shot {
  timestamp: number
  duration: number
  sequence: number
  droppedBefore: number
  discontinuity: boolean
  arrivalTime: number
  width: number
  height: number
  white: boolean
  /** Milliseconds from the frame's timestamp to a beep that begins in its sound. */
  beep: number | null
  audio: Omit<AudioChunk, 'samples'> & { count: number }
}

/**
 * Subscribes to all observables of a capture, over all its connections. The stream flashes and beeps: see
 * ffmpeg-source.
 */
export class SeamWatcher {
  readonly shots: Shot[] = []
  readonly frames: Pick<VideoFrame, 'timestamp' | 'sequence' | 'discontinuity' | 'droppedBefore'>[] = []
  readonly chunks: (Omit<AudioChunk, 'samples'> & { count: number })[] = []
  readonly states: StreamState[] = []
  readonly ends: (Error | 'complete')[] = []
  #quiet = true

  constructor(readonly capture: RTMPCapture) {
    const end = { error: (error: Error) => void this.ends.push(error), complete: () => void this.ends.push('complete') }
    capture.state$.subscribe(state => this.states.push(state))
    capture.framesWithAudio$.subscribe({ next: item => this.#see(item), ...end })
    capture.frames$.subscribe({
      next: frame => {
        const { timestamp, sequence, discontinuity, droppedBefore } = frame
        this.frames.push({ timestamp, sequence, discontinuity, droppedBefore })
        frame.close()
      },
      ...end,
    })
    capture.audio$.subscribe({
      next: ({ samples, ...rest }) => void this.chunks.push({ ...rest, count: samples.length / rest.channels }),
      ...end,
    })
  }

  get phases(): string[] {
    return this.states.map(({ phase }) => phase)
  }

  /** Frames that begin a connection. */
  get discontinuities(): number {
    return this.frames.filter(frame => frame.discontinuity).length
  }

  #see({ frame, audio }: FrameWithAudio): void {
    const { samples, ...rest } = audio
    const mono = channelOf(samples, audio.channels)
    const at = onset(mono, 0.1)
    const beep =
      at >= 0 && this.#quiet ? (at / audio.sampleRate) * 1000 + (audio.timestamp - frame.timestamp) / 1000 : null
    this.#quiet = rms(mono.subarray(-200)) < 0.05
    const { timestamp, duration, sequence, droppedBefore, discontinuity, arrivalTime, width, height } = frame
    const white = meanLuma(frame.data, width, height) > 128
    this.shots.push({
      timestamp,
      duration,
      sequence,
      droppedBefore,
      discontinuity,
      arrivalTime,
      width,
      height,
      white,
      beep,
      audio: { ...rest, count: mono.length },
    })
    frame.close()
  }

  /** Checks the laws of every capture, whatever happened to its connections. */
  check({ connections, jumps = 0 }: { connections: number; jumps?: number }): void {
    const { frames, shots, chunks } = this
    assert.is(this.discontinuities, connections + jumps, 'a discontinuity for each connection, and none besides')
    frames.forEach((frame, i) => {
      assert.is(frame.sequence, i, 'the sequence goes on')
      assert.is(frame.droppedBefore, 0)
      if (i > 0)
        assert.ok(frame.timestamp > frames[i - 1]!.timestamp, `${frame.timestamp} after ${frames[i - 1]!.timestamp}`)
    })
    assert.is(frames[0]!.timestamp, 0)
    // The last picture of framesWithAudio$ may wait for the next.
    assert.equal(
      shots.map(shot => shot.sequence),
      frames.slice(0, shots.length).map(frame => frame.sequence),
    )
    assert.ok(shots.length >= frames.length - 2 * connections)
    shots.forEach(({ timestamp, discontinuity, audio }, i) => {
      assert.ok(
        Math.abs(audio.timestamp - timestamp) <= 25,
        `sound at ${audio.timestamp} for the picture at ${timestamp}`,
      )
      const before = shots[i - 1]
      if (!before) return
      // Within a connection the tracks jump one after the other.
      if (discontinuity) assert.ok(audio.discontinuity || jumps > 0, `the sound of a seam at ${timestamp}`)
      else
        assert.ok(
          Math.abs(audio.timestamp - before.audio.timestamp - before.audio.duration) <= 1,
          `sound is end to end at ${timestamp}`,
        )
    })
    chunks.slice(1).forEach((chunk, i) => {
      const end = chunks[i]!.timestamp + chunks[i]!.duration
      assert.ok(chunk.timestamp >= end - 1, `sound at ${chunk.timestamp} after ${end}`)
      if (chunk.timestamp > end + 25) assert.ok(chunk.discontinuity, `a gap in the sound at ${chunk.timestamp}`)
    })
  }

  /** Every flash has its beep within 40 ms. A connection that begins within a flash proves nothing. */
  checkSync(least: number): void {
    let flashes = 0
    this.shots.forEach(({ white, timestamp, discontinuity }, i) => {
      if (!white || this.shots[i - 1]?.white || discontinuity || i + 3 > this.shots.length) return
      const near = this.shots.slice(Math.max(0, i - 1), i + 3).filter(shot => shot.beep !== null)
      const offsets = near.map(shot => shot.beep! + (shot.timestamp - timestamp) / 1000)
      if (near.some(shot => shot.discontinuity) || this.shots.slice(i, i + 3).some(shot => shot.discontinuity)) return
      assert.ok(
        offsets.some(offset => Math.abs(offset) <= 40),
        `flash at ${timestamp} µs: beeps at ${offsets} ms from it`,
      )
      flashes++
    })
    assert.ok(flashes >= least, `${flashes} flashes`)
  }

  /**
   * Capture time between the beginnings of connections is real time: both stand in the frames. A connection that would
   * begin before the end of the media, since the first picture of all came late, begins at that end.
   */
  checkPace(tolerance = 20): void {
    const first = this.shots[0]!
    this.shots.forEach((start, i) => {
      if (i === 0 || !start.discontinuity) return
      const late = start.timestamp / 1000 - (start.arrivalTime - first.arrivalTime)
      if (late > tolerance && start.timestamp <= this.#endBefore(start) + 1000 * tolerance) return
      assert.ok(Math.abs(late) <= tolerance, `the connection at ${start.timestamp} µs is ${late} ms from real time`)
    })
  }

  /** End of all media before this picture, µs. */
  #endBefore({ timestamp }: Shot): number {
    const before = [...this.shots, ...this.chunks].filter(item => item.timestamp < timestamp)
    return Math.max(...before.map(item => item.timestamp + item.duration))
  }

  /** Where timestamps begin anew within a connection, they go on by as much as the pictures came later. */
  checkJumps(tolerance: number): void {
    this.shots.forEach((start, i) => {
      const before = this.shots[i - 1]
      if (!before || !start.discontinuity) return
      const late = (start.timestamp - before.timestamp) / 1000 - (start.arrivalTime - before.arrivalTime)
      assert.ok(Math.abs(late) <= tolerance, `the jump at ${start.timestamp} µs is ${late} ms from real time`)
    })
  }
}
