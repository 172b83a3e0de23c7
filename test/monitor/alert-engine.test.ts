// A night at a broadcaster's, on a clock that the test turns.
import * as assert from 'uvu/assert'
import type { RxGstError } from '../../src/core/errors'
import { resolveFlapping } from '../../src/monitor/flap-guard'
import type { AlertRule } from '../../src/monitor/rule'
import { suite } from '../support/suite'
import { Watched, type Told } from './readings'

const test = suite('alert engine')

const black: AlertRule = {
  name: 'black',
  metric: 'black',
  raise: { above: 10, for: 0 },
  clear: { below: 1, for: 2000 },
  severity: 'warning',
}
const slow: AlertRule = {
  name: 'slow',
  metric: 'latency',
  raise: { above: 100, for: 3000 },
  clear: { below: 50, for: 2000 },
  severity: 'critical',
}
const gone: AlertRule = {
  name: 'gone',
  metric: 'noData',
  raise: { above: 3, for: 0 },
  clear: { below: 1, for: 2000 },
  severity: 'critical',
}
const noAudio: AlertRule = { ...gone, name: 'no-sound', track: 'audio' }

const at = (latency: number | null): Told => ({ values: { latency } })

test('raised after its time, cleared after its time, with one id, start and the worst as peak', () => {
  const it = new Watched([slow])
  assert.equal(it.run(3, at(200)), [], 'pending')
  assert.equal(it.run(1, at(220)), ['slow +'])
  it.run(1, at(500))
  it.run(1, at(80))
  assert.equal(
    it.engine.raised.map(({ value, peak, clearedAt }) => [value, peak, clearedAt]),
    [[80, 500, null]],
  )
  assert.equal(it.run(2, at(10)), [], 'clearing')
  assert.equal(it.run(1, at(11)), ['slow -'])

  const [raise, clear] = it.said
  assert.equal(raise, {
    id: 'id-1',
    rule: 'slow',
    metric: 'latency',
    stream: 'camera',
    severity: 'critical',
    raisedAt: 1_700_000_004_000,
    clearedAt: null,
    value: 220,
    peak: 220,
    message: 'camera: latency 220 ms (above 100 ms)',
    clearedBy: null,
    track: null,
    flaps: null,
  })
  assert.equal(clear, {
    ...raise,
    clearedAt: 1_700_000_009_000,
    value: 11,
    peak: 500,
    clearedBy: 'recovered',
    message: 'camera: slow is over: raised for 5 s; latency at worst 500 ms',
  })
  assert.equal(it.raised, [])
})

test('between the thresholds nothing changes, in either direction', () => {
  const it = new Watched([slow])
  assert.equal(
    it.run(60, second => at(second % 3 === 2 ? 75 : 150)),
    [],
    'never bad for 3 s without a break',
  )
  assert.equal(it.run(4, at(150)), ['slow +'])
  assert.equal(
    it.run(60, second => at(second % 2 === 1 ? 75 : 10)),
    [],
    'never good for 2 s without a break',
  )
})

test('a value that is missing in the middle of an alert neither clears it nor counts as good', () => {
  const it = new Watched([slow])
  it.run(4, at(150))
  assert.equal(it.run(30, at(null)), [])
  assert.equal(it.raised, ['slow'])
  assert.equal(it.run(2, at(10)), [])
  assert.equal(it.run(1, at(null)), [], 'what was clearing begins again')
  assert.equal(it.run(2, at(10)), [])
  assert.equal(it.run(1, at(10)), ['slow -'])
})

test('a value that is missing while pending begins again: a hole is no proof', () => {
  const it = new Watched([slow])
  it.run(3, at(150))
  it.run(1, at(null))
  assert.equal(it.run(3, at(150)), [])
  assert.equal(it.run(1, at(150)), ['slow +'])
})

test('NaN and infinity are no values', () => {
  const it = new Watched([slow])
  assert.equal([...it.run(9, at(NaN)), ...it.run(9, at(Infinity))], [])
})

test('what can no longer be measured for a minute of a live stream is no longer claimed', () => {
  const it = new Watched([black])
  it.run(1, { values: { black: 12 } })
  assert.equal(it.run(60, { values: {} }), [])
  assert.equal(it.run(1, { values: {} }), ['black -'])
  assert.is(it.said.at(-1)?.clearedBy, 'unmeasured')
  assert.equal(it.run(1, { values: { black: 90 } }), ['black +'], 'a new alert')
  assert.not.equal(it.said[0]!.id, it.said[2]!.id)
})

test('nothing is said in the first 5 s of a connection, and what was on its way begins again', () => {
  const it = new Watched([slow, black])
  const live = 500
  assert.equal(it.run(5, { values: { latency: 999, black: 99 }, live }), [])
  assert.equal(it.run(1, { values: { latency: 999, black: 99 }, live }), ['black +'])
  assert.equal(it.run(3, { values: { latency: 999, black: 99 }, live }), ['slow +'])

  // A reconnect: raised alerts stay, and are judged again when the grace is over.
  const again = it.now
  assert.equal(it.run(4, { values: { latency: 1, black: 0 }, live: again }), [])
  assert.equal(it.raised, ['black', 'slow'])
  assert.equal(it.run(4, { values: { latency: 1, black: 0 }, live: again }), ['slow -', 'black -'])
})

test('a connection that never lasts 5 s is judged by what needs no connection', () => {
  const reconnects: AlertRule = {
    name: 'reconnects',
    metric: 'reconnects',
    as: 'increase',
    window: 300_000,
    raise: { above: 3, for: 0 },
    clear: { below: 2, for: 0 },
    severity: 'warning',
  }
  const it = new Watched([slow, reconnects])
  // 4 s live, 2 s away, again and again
  const said = it.run(60, second => {
    const round = Math.floor(second / 6)
    const live = second % 6 < 4 ? round * 6000 : false
    return { values: { latency: 999, reconnects: round }, live }
  })
  assert.equal(said, ['reconnects +'])
  assert.is(it.said[0]!.peak, 4)
})

test('a stream that does not flow has one alert; what follows from it is neither raised nor cleared', () => {
  const it = new Watched([black, slow, gone])
  it.run(1, { values: { black: 15, latency: 10, noData: 0 } })
  assert.equal(it.raised, ['black'])
  // The picture was black when the stream stopped: it is not known to have become better.
  const stopped = (second: number): Told => ({
    values: { black: second < 5 ? null : 0, latency: 999, noData: second + 1 },
  })
  assert.equal(it.run(30, stopped), ['gone +'])
  assert.equal(it.raised, ['black', 'gone'])
  assert.equal(it.run(2, { values: { black: 0, latency: 10, noData: 0.1 } }), [], 'flows for less than 2 s')
  // Judged from here on.
  assert.equal(it.run(1, { values: { black: 0, latency: 10, noData: 0.1 } }), ['gone -'])
  assert.equal(it.run(2, { values: { black: 0, latency: 10, noData: 0.1 } }), ['black -'])
})

test('the order in which rules are given does not matter to what follows from what', () => {
  for (const rules of [
    [slow, gone],
    [gone, slow],
  ]) {
    const it = new Watched(rules.map(rule => ({ ...rule, raise: { ...rule.raise, for: 0 } })))
    assert.equal(it.run(9, { values: { latency: 999, noData: 4 } }), ['gone +'])
  }
})

test('without a rule for it, a stream that does not flow for 3 s still stops what follows', () => {
  const it = new Watched([slow])
  assert.equal(it.run(30, { values: { latency: 999, noData: 5 } }), [])
  assert.equal(it.run(4, { values: { latency: 999, noData: 0 } }), ['slow +'])
})

test('one track that stops has its own alert, and stops only what needs it', () => {
  const silence: AlertRule = { ...black, name: 'silence', metric: 'silence' }
  const it = new Watched([silence, black, gone, noAudio])
  const audioless: Told = {
    values: { noData: 0, black: 20, silence: 20 },
    tracks: { video: { noData: 0 }, audio: { noData: 5 } },
  }
  assert.equal(it.run(9, audioless), ['no-sound +', 'black +'])
})

test('what one track means alone is judged while the other is away', () => {
  const jitter: AlertRule = { ...slow, name: 'jitter', metric: 'jitter' }
  const rate: AlertRule = {
    name: 'rate',
    metric: 'bitrate',
    as: 'ofTarget',
    raise: { below: 0.5, for: 3000 },
    clear: { above: 0.7, for: 0 },
    severity: 'warning',
  }
  const drift: AlertRule = { ...slow, name: 'drift', metric: 'avDrift' }
  const without = (track: 'video' | 'audio') => {
    const it = new Watched([jitter, rate, drift, noAudio, { ...noAudio, name: 'no-picture', track: 'video' }], {
      targets: { bitrate: 1e6 },
    })
    return it.run(9, {
      values: { noData: 0, jitter: 300, bitrate: 1e5, avDrift: 300 },
      tracks: { video: { noData: 0 }, audio: { noData: 0 }, [track]: { noData: 9 } },
    })
  }
  assert.equal(without('audio'), ['no-sound +', 'jitter +', 'rate +'])
  assert.equal(without('video'), ['no-picture +', 'jitter +'], 'a bitrate without pictures follows from it')
})

test('a stream that stops as a whole is not said once more for each track', () => {
  const it = new Watched([gone, noAudio])
  // Sound stopped a little earlier.
  const stopped = (second: number): Told => ({
    values: { noData: second + 0.9 },
    tracks: { audio: { noData: second + 1.1 } },
  })
  assert.equal(it.run(20, stopped), ['gone +'])
  const flowing: Told = { values: { noData: 0.02 }, tracks: { audio: { noData: 0.03 } } }
  assert.equal(it.run(3, flowing), ['gone -'])
  it.run(300, flowing)
  // Sound alone, then the whole stream: two causes, two alerts, and each ends when it does.
  assert.equal(
    it.run(60, second => ({ values: { noData: 0 }, tracks: { audio: { noData: second } } })),
    ['no-sound +'],
  )
  assert.equal(
    it.run(20, second => ({ values: { noData: second }, tracks: { audio: { noData: 60 + second } } })),
    ['gone +'],
  )
  assert.equal(it.run(9, flowing), ['gone -', 'no-sound -'])
})

test('loudness is not said of a stream that is silent', () => {
  const silence: AlertRule = { ...black, name: 'silence', metric: 'silence' }
  const loud: AlertRule = {
    name: 'loud',
    metric: 'loudness',
    as: 'offTarget',
    raise: { above: 6, below: -6, for: 15_000 },
    clear: { above: -4, below: 4, for: 0 },
    severity: 'warning',
  }
  const it = new Watched([loud, silence])
  assert.equal(
    it.run(99, second => ({ values: { silence: second, loudness: -70 } })),
    ['silence +'],
  )
})

test('a still picture takes few bits: that is not said as well, nor does it become the usual', () => {
  const rate: AlertRule = {
    name: 'rate',
    metric: 'bitrate',
    as: 'ofUsual',
    raise: { below: 0.5, for: 3000 },
    clear: { above: 0.7, for: 0 },
    severity: 'warning',
  }
  const it = new Watched([rate, { ...black, name: 'still', metric: 'freeze' }])
  it.run(30, { values: { bitrate: 2e6, freeze: 0 } })
  assert.equal(
    it.run(300, second => ({ values: { bitrate: 1e5, freeze: second } })),
    ['still +'],
  )
  assert.equal(it.run(9, { values: { bitrate: 9e5, freeze: 0 } }), ['still -', 'rate +'])
})

test('a lost connection holds what needs media, however long; noData goes on', () => {
  const it = new Watched([slow, gone])
  it.run(4, at(150))
  assert.equal(
    it.run(4, second => ({ values: { latency: null, noData: second + 1 }, live: false })),
    ['gone +'],
  )
  it.run(7200, second => ({ values: { latency: null, noData: second + 5 }, live: false }))
  assert.equal(it.raised, ['slow', 'gone'])
  assert.is(it.engine.raised[1]!.peak, 7204)
})

test('stop() ends everything; a stream that failed for good still has no data', () => {
  const stopped = new Watched([slow, gone])
  stopped.run(4, at(150))
  assert.equal(stopped.run(3, { values: { noData: 9 }, live: false, phase: 'stopped' }), ['slow -'])
  assert.is(stopped.said.at(-1)?.clearedBy, 'ended')
  assert.match(stopped.said.at(-1)!.message, 'ends with the stream')

  const failed = new Watched([slow, gone])
  failed.run(4, at(150))
  assert.equal(
    failed.run(9, second => ({ values: { noData: second }, live: false, phase: 'failed' })),
    ['slow -', 'gone +'],
  )
  assert.equal(failed.raised, ['gone'])
})

test('nothing is said before start()', () => {
  const it = new Watched([gone])
  assert.equal(it.run(99, { values: { noData: 50 }, live: false, phase: 'idle' }), [])
})

test('detaching clears, once', () => {
  const it = new Watched([black, slow])
  it.run(4, { values: { black: 20, latency: 200 } })
  const cleared = it.engine.close(it.now + 500, 'detached')
  assert.equal(
    cleared.map(({ rule, clearedBy, id }) => [rule, clearedBy, id]),
    [
      ['black', 'detached', 'id-1'],
      ['slow', 'detached', 'id-2'],
    ],
  )
  assert.equal(
    cleared.map(({ clearedAt, raisedAt }) => clearedAt! - raisedAt),
    [3500, 500],
  )
  assert.equal(it.engine.close(it.now + 900, 'detached'), [])
})

test('an alert that comes and goes is said twice, then as one that flaps, until it is quiet for 5 minutes', () => {
  const it = new Watched([black])
  // 11 s black in every 20 s
  const blinking = (second: number): Told => ({ values: { black: second % 20 < 16 ? second % 20 : 0 } })
  assert.equal(it.run(1200, blinking), ['black +', 'black -', 'black +', 'black -', 'flapping(black) +'])
  const flapping = it.engine.raised[0]!
  assert.equal([flapping.rule, flapping.flaps, flapping.severity, flapping.peak], ['flapping', 'black', 'warning', 15])
  assert.is(flapping.message, 'camera: black comes and goes: 4 changes within 5 minutes')
  assert.equal(it.run(290, { values: { black: 0 } }), [])
  assert.equal(it.run(20, { values: { black: 0 } }), ['flapping(black) -'])
  assert.is(it.said.at(-1)!.id, flapping.id)
  assert.equal(
    it.run(12, second => ({ values: { black: second } })),
    ['black +'],
    'said again',
  )
})

test('one that flaps and then stays is raised by its own name when the flapping is over', () => {
  const it = new Watched([black])
  it.run(100, second => ({ values: { black: second % 20 < 16 ? second % 20 : 0 } }))
  assert.equal(it.raised, ['flapping'])
  assert.equal(
    it.run(400, second => ({ values: { black: second } })),
    ['flapping(black) -', 'black +'],
  )
})

test('a long one among short ones is raised by its own name, without waiting for quiet; the count begins anew', () => {
  const it = new Watched([black])
  const blinking = (second: number): Told => ({ values: { black: second % 20 < 16 ? second % 20 : 0 } })
  it.run(100, blinking)
  assert.equal(it.raised, ['flapping'])
  // Raised when it is longer than 10 s; 30 s later it is a long one.
  assert.equal(
    it.run(38, second => ({ values: { black: second } })),
    [],
  )
  assert.equal(
    it.run(8, second => ({ values: { black: 38 + second } })),
    ['flapping(black) -', 'black +'],
  )
  assert.match(it.said.at(-1)!.message, /^camera: black 4\d s \(above 10 s\)$/)
  assert.equal(it.run(20, { values: { black: 0 } }), ['black -'])
  // Its end was the first change of a new story.
  assert.equal(it.run(60, blinking), ['black +', 'black -', 'flapping(black) +'])
})

test('when a rule flaps is an option: how many changes, within what time, and how long is long', () => {
  const blinking = (second: number): Told => ({ values: { black: second % 20 < 16 ? second % 20 : 0 } })
  const said = (flapping: unknown) => new Watched([black], { flapping: resolveFlapping(flapping) }).run(120, blinking)
  assert.equal(said({ count: 2 }), ['black +', 'black -', 'flapping(black) +'])
  assert.equal(
    said({ count: 4, window: 20_000 }).filter(line => line.startsWith('flapping')),
    [],
  )
  assert.is(said(false).length, 12)
  assert.equal(said({ long: 0 }).filter(line => line === 'black +').length > 2, true)
  const it = new Watched([black], { flapping: resolveFlapping({ count: 2, window: 90_000 }) })
  it.run(40, blinking)
  assert.is(it.engine.raised[0]!.message, 'camera: black comes and goes: 2 changes within 90 s')
  for (const wrong of [true, null, 5, { count: 1 }, { count: 2.5 }, { window: 10 }, { long: -1 }, { cont: 4 }]) {
    assert.throws(
      () => resolveFlapping(wrong),
      (error: RxGstError) => error.code === 'ERR_OPTION',
    )
  }
})

test('what a message counts has a name: how long the alert stood, and how bad it was', () => {
  const it = new Watched([{ ...gone, name: 'no-data', clear: { below: 1, for: 0 } }])
  it.run(8, second => ({ values: { noData: second } }))
  it.run(1, { values: { noData: 0 } })
  assert.equal(
    it.said.map(({ message }) => message),
    ['camera: noData 4 s (above 3 s)', 'camera: no-data is over: raised for 4 s; noData at worst 7 s'],
  )
})

test('what flaps and is not measured for a while is said once; one that is away each time is a change', () => {
  const it = new Watched([black])
  const blinking = (second: number): Told => ({ values: { black: second % 20 < 16 ? second % 20 : 0 } })
  it.run(100, blinking)
  assert.equal(it.raised, ['flapping'])
  assert.equal(it.run(90, { values: { black: null } }), [], 'nobody knows')
  assert.equal(it.run(100, blinking), [], 'it still does')
  assert.equal(it.run(320, { values: { black: null } }), ['flapping(black) -'], 'five minutes without a change')

  const away = (second: number): Told => ({ values: { black: second % 80 < 14 ? second % 80 : null } })
  assert.equal(new Watched([black]).run(800, away), ['black +', 'black -', 'black +', 'black -', 'flapping(black) +'])
})

test('slower changes do not flap: each is said', () => {
  const it = new Watched([black])
  const said = it.run(1800, second => ({ values: { black: second % 300 < 60 ? second % 300 : 0 } }))
  assert.equal(said.length, 12)
  assert.not.ok(said.some(line => line.startsWith('flapping')))
})

test('a thread that was blocked, or a machine that slept, proves nothing', () => {
  const it = new Watched([slow])
  it.run(2, at(150))
  it.now += 3_600_000
  assert.equal(it.run(3, at(150)), [], 'pending began anew')
  assert.equal(it.run(1, at(150)), ['slow +'])
  it.run(2, at(10))
  it.now += 3_600_000
  assert.equal(it.run(2, at(10)), [], 'clearing too')
  assert.equal(it.run(1, at(10)), ['slow -'])
})

test('a clock that goes back does no harm', () => {
  const reconnects: AlertRule = {
    name: 'reconnects',
    metric: 'reconnects',
    as: 'increase',
    window: 60_000,
    raise: { above: 3, for: 0 },
    clear: { below: 1, for: 0 },
    severity: 'warning',
  }
  const it = new Watched([slow, reconnects])
  const told = (latency: number, reconnects: number): Told => ({ values: { latency, reconnects }, live: -1e9 })
  it.run(100, told(150, 0))
  it.now -= 90_000
  assert.equal(it.run(10, told(150, 9)), [])
  assert.equal(it.run(2, told(150, 13)), ['reconnects +'])
  assert.equal(it.raised, ['slow', 'reconnects'])
})

test('the wall clock may jump: an alert lasts as long as it really did', () => {
  const it = new Watched([slow])
  it.run(4, at(150))
  it.unix -= 3_600_000
  it.run(10, at(150))
  it.run(3, at(10))
  const [raise, clear] = it.said
  assert.is(clear!.clearedAt! - raise!.raisedAt, 13_000)
})

test('several alerts of a stream are listed newest last', () => {
  const it = new Watched([slow, black, gone])
  it.run(1, { values: { black: 11 } })
  it.run(9, { values: { black: 12, latency: 200 } })
  it.run(1, { values: { black: 12, latency: 200, noData: 4 } })
  assert.equal(it.raised, ['black', 'slow', 'gone'])
})

test.run()
