import { BehaviorSubject, Subject } from 'rxjs'
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { Previews, type FlvPiece, type PreviewStream } from '../../src/channel/preview.js'

const test = suite('channel: previews')

const piece = (name: string, start = false, keyframe = start): FlvPiece => ({
  bytes: Buffer.from(name),
  start,
  keyframe,
})

function setUp() {
  const live = new Map<unknown, Subject<FlvPiece>>()
  const seen: string[] = []
  const ends: string[] = []
  const full = { now: false }
  const previews = new Previews(
    stream => {
      const pieces = new Subject<FlvPiece>()
      live.set(stream, pieces)
      return pieces
    },
    {
      onPiece: (side, { bytes }) => {
        if (full.now) return false
        seen.push(`${side}:${Buffer.from(bytes)}`)
        return true
      },
      onEnd: (side, reason) => ends.push(`${side}:${reason}`),
    },
  )
  const [a, b] = [{}, {}] as PreviewStream[]
  return { live, seen, ends, full, previews, a: a!, b: b! }
}

test('nothing is copied without a viewer; another stream on air begins anew', () => {
  const { live, seen, previews, a, b } = setUp()
  const stream$ = new BehaviorSubject<PreviewStream | null>(null)
  previews.open('in', stream$)
  assert.is(live.size, 0)
  stream$.next(a)
  live.get(a)!.next(piece('a1', true))
  stream$.next(a)
  live.get(a)!.next(piece('a2'))
  stream$.next(b)
  assert.is(live.get(a)!.observed, false)
  live.get(b)!.next(piece('b1', true))
  previews.close('in')
  assert.is(live.get(b)!.observed, false)
  assert.equal(seen, ['in:a1', 'in:a2', 'in:b1'])
})

test('a socket that is full loses pieces up to the next keyframe', () => {
  const { live, seen, full, previews, a } = setUp()
  previews.open('out', new BehaviorSubject(a))
  const pieces = live.get(a)!
  pieces.next(piece('start', true))
  full.now = true
  pieces.next(piece('lost'))
  full.now = false
  pieces.next(piece('torn'))
  pieces.next(piece('key', false, true))
  pieces.next(piece('after'))
  assert.equal(seen, ['out:start', 'out:key', 'out:after'])
})

test('configurations that a full socket did not take come before the next keyframe', () => {
  const { live, seen, full, previews, a } = setUp()
  previews.open('out', new BehaviorSubject(a))
  const pieces = live.get(a)!
  full.now = true
  pieces.next(piece('start', true, false))
  pieces.next(piece('lost', false, true))
  full.now = false
  pieces.next(piece('torn'))
  pieces.next(piece('key', false, true))
  pieces.next(piece('after'))
  assert.equal(seen, ['out:start', 'out:key', 'out:after'])
})

test('a stream that fails ends its preview, which can be opened again', () => {
  const { live, ends, previews, a } = setUp()
  previews.open('out', new BehaviorSubject(a))
  live.get(a)!.error(new Error('no codec'))
  assert.equal(ends, ['out:no codec'])
  previews.open('out', new BehaviorSubject(a))
  assert.is(live.get(a)!.observed, true)
  previews.closeAll()
  assert.is(live.get(a)!.observed, false)
})

test.run()
