import * as assert from 'uvu/assert'
import { RxGstError, type ErrorCode, type ErrorHint } from '../../../src/core/errors'
import { ShortLives } from '../../../src/engine/reconnect/short-lives'
import { suite } from '../../support/suite'

// What a connection that does not last is told as.
const test = suite('short lives')

interface Life {
  /** null: never live. */
  readonly lived: number | null
  readonly code?: ErrorCode
  readonly takes?: boolean
  readonly acknowledged?: boolean
}

/** The last error of connections one after the other. */
function after(...lives: readonly Life[]): RxGstError & { readonly row: number } {
  const it = new ShortLives()
  let now = 1000
  let error = new RxGstError('ERR_ABORTED', '')
  for (const { lived, code = 'ERR_CONNECTION_LOST', takes = true, acknowledged = false } of lives) {
    if (lived !== null) it.live(now)
    now += lived ?? 100
    error = it.end(new RxGstError(code, 'away'), now, { takes, acknowledged })
  }
  return Object.assign(error, { row: it.count(now) })
}

const CASES: readonly (readonly [name: string, lives: readonly Life[], hint: ErrorHint | null, row: number])[] = [
  ['closed at once', [{ lived: 0 }], 'likelyKey', 1],
  ['closed just within 10 s', [{ lived: 9999 }], 'likelyKey', 1],
  ['closed after 10 s', [{ lived: 10_000 }], 'short-lived', 1],
  ['something was acknowledged', [{ lived: 300, acknowledged: true }], 'short-lived', 1],
  ['a player has no key', [{ lived: 300, takes: false }], 'short-lived', 1],
  ['a stream that ends', [{ lived: 300, takes: false, code: 'ERR_STREAM_ENDED' }], 'short-lived', 1],
  ['once live for 30 s: the key is right', [{ lived: 30_000 }, { lived: 300 }], 'short-lived', 2],
  ['never live for 30 s', [{ lived: 29_999 }, { lived: 300 }], 'likelyKey', 2],
  ['refused', [{ lived: null, code: 'ERR_PUBLISH_REJECTED' }], 'likelyKey', 0],
  ['refused, live before', [{ lived: 30_000 }, { lived: null, code: 'ERR_PUBLISH_REJECTED' }], null, 1],
  ['refused to play', [{ lived: null, code: 'ERR_PLAY_REJECTED', takes: false }], null, 0],
  ['never accepted', [{ lived: null }], null, 0],
  ['nothing listens', [{ lived: 300 }, { lived: null, code: 'ERR_CONNECTION_REFUSED' }], null, 1],
  ['a fault of this side', [{ lived: 300, code: 'ERR_ENCODE' }], null, 0],
  ['just within 5 minutes', [{ lived: 299_999 }], 'short-lived', 1],
  ['5 minutes end the row', [{ lived: 1 }, { lived: 1 }, { lived: 300_000 }], null, 0],
  ['so does a stall after them', [{ lived: 1 }, { lived: 300_000, code: 'ERR_STALLED' }], null, 0],
]

for (const [name, lives, hint, row] of CASES) {
  test(name, () => {
    const error = after(...lives)
    assert.equal([error.hint, error.row], [hint, row])
    assert.is(error.message === 'away', hint === null, error.message)
  })
}

test('the words', () => {
  const key = 'away; perhaps the stream key is wrong'
  const closed = 'the server took the stream, and closed the connection after'
  assert.is(after({ lived: 340 }).message, `${key}: ${closed} 0.3 s`)
  assert.is(after({ lived: 340 }, { lived: 9990 }).message, `${key}: ${closed} 10 s (2 in a row)`)
  assert.is(after({ lived: null, code: 'ERR_PUBLISH_REJECTED' }).message, key)
  assert.is(after({ lived: 61_400 }).message, 'away; short-lived: live for 61 s')
})

test('an error stays what it was besides', () => {
  const it = new ShortLives()
  const cause = new Error('below')
  it.live(0)
  const given = new RxGstError('ERR_CONNECTION_LOST', 'away', { element: 'sink', cause, retryable: false })
  const told = it.end(given, 1, { takes: true, acknowledged: false })
  assert.equal([told.element, told.cause, told.retryable], ['sink', cause, false])
})

test('one that is given up by this side counts as long as it was live, and no longer', () => {
  const it = new ShortLives()
  it.live(0)
  it.end(new RxGstError('ERR_CONNECTION_LOST', 'away'), 1000, { takes: false, acknowledged: true })
  it.live(2000)
  it.leave(3000)
  assert.is(it.count(400_000), 1)
  it.live(400_000)
  it.leave(700_000)
  assert.is(it.count(700_000), 0)
})

test.run()
