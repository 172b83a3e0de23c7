import * as assert from 'uvu/assert'
import { RxGstError } from '../../src/core/errors'
import { METRICS, type MetricName } from '../../src/meter/metrics'
import { DEFAULT_RULES } from '../../src/monitor/default-rules'
import { clears, raises, resolveRules, type AlertRule } from '../../src/monitor/rule'
import { suite } from '../support/suite'

const test = suite('alert rules')

const GOOD: AlertRule = {
  name: 'still',
  metric: 'freeze',
  raise: { above: 2, for: 0 },
  clear: { below: 1, for: 1000 },
  severity: 'warning',
}

const codeOf = (rules: unknown): string => {
  try {
    resolveRules(rules)
    return 'accepted'
  } catch (error) {
    if (!(error instanceof RxGstError)) throw error
    return error.code
  }
}

test('a rule is copied, completed and frozen', () => {
  const mine = structuredClone(GOOD)
  const [rule] = resolveRules([mine])
  mine.raise.above = 99
  assert.equal(rule, { ...GOOD, track: null, detail: null, as: 'value', window: 10_000 })
  assert.ok(Object.isFrozen(rule) && Object.isFrozen(rule!.raise))
  assert.equal(resolveRules([]), [])
})

const WRONG: readonly [string, Record<string, unknown>, string?][] = [
  ['no name', { name: undefined }],
  ['an empty name', { name: '' }],
  ['a URL for a name', { name: 'rtmp://host/live/key' }],
  ['a name of two lines', { name: 'a\nb' }],
  ['the name of the flap guard', { name: 'flapping' }],
  ['an unknown metric', { metric: 'frozen' }, 'ERR_UNKNOWN_METRIC'],
  ['an unknown option', { level: 3 }],
  ['an unknown severity', { severity: 'fatal' }],
  ['no raise', { raise: undefined }],
  ['a raise without a threshold', { raise: { for: 0 } }],
  ['a raise without a time', { raise: { above: 2 } }],
  ['a clear without a threshold', { clear: { for: 0 } }],
  ['a negative time', { raise: { above: 2, for: -1 } }],
  ['an endless time', { raise: { above: 2, for: Infinity } }],
  ['a threshold that is no number', { raise: { above: '2', for: 0 } }],
  ['NaN', { raise: { above: NaN, for: 0 } }],
  ['a clear that holds while raise does', { clear: { below: 3, for: 0 } }],
  ['a clear on the side of the raise', { clear: { above: 5, for: 0 } }],
  ['a clear that nothing fulfils', { clear: { above: 1, below: 0, for: 0 } }],
  [
    'a raise of two bounds that always holds',
    { raise: { above: 1, below: 5, for: 0 }, clear: { above: 2, below: 3, for: 0 } },
  ],
  ['a track of a metric that has none', { track: 'video' }],
  ['an unknown track', { metric: 'noData', track: 'left' }],
  ['growth of what does not count', { as: 'increase' }],
  ['a share of what is no picture', { metric: 'reconnects', as: 'share' }],
  ['an unknown comparison', { as: 'median' }],
  ['a window of nothing', { metric: 'reconnects', as: 'increase', window: 0 }],
]

for (const [what, change, code = 'ERR_OPTION'] of WRONG) {
  test(`${what} is refused`, () => assert.is(codeOf([{ ...GOOD, ...change }]), code))
}

test('what is no list of rules is refused', () => {
  for (const bad of [null, GOOD, 'freeze', [null], [7]]) assert.is(codeOf(bad), 'ERR_OPTION')
  assert.is(codeOf([GOOD, GOOD]), 'ERR_NAME_TAKEN')
})

test('equal thresholds are no overlap: both are exclusive', () => {
  assert.is(codeOf([{ ...GOOD, clear: { below: 2, for: 0 } }]), 'accepted')
  assert.not.ok(raises({ above: 2, for: 0 }, 2) || clears({ below: 2, for: 0 }, 2))
})

test('with both bounds a raise is outside, a clear between', () => {
  const outside = (value: number) => raises({ above: 40, below: -60, for: 0 }, value)
  assert.equal([-61, -60, 0, 40, 41].map(outside), [true, false, false, false, true])
  const between = (value: number) => clears({ above: -30, below: 20, for: 0 }, value)
  assert.equal([-31, -30, -29, 0, 19, 20].map(between), [false, false, true, true, true, false])
})

test('the default rules are rules, and nobody can change them', () => {
  assert.is(codeOf(DEFAULT_RULES), 'accepted')
  assert.ok(
    Object.isFrozen(DEFAULT_RULES) && DEFAULT_RULES.every(rule => Object.isFrozen(rule) && Object.isFrozen(rule.raise)),
  )
})

test('every metric with a threshold of its own has a default rule', () => {
  const without: MetricName[] = ['endToEndLatency'] // the user's to say
  const watched = new Set(DEFAULT_RULES.map(({ metric }) => metric))
  assert.equal(
    (Object.keys(METRICS) as MetricName[]).filter(name => !watched.has(name)),
    without,
  )
})

test('what raises a default rule does not also clear it, and something does', () => {
  for (const { name, raise, clear } of DEFAULT_RULES) {
    const bad = [
      raise.above === undefined ? [] : raise.above + 0.001,
      raise.below === undefined ? [] : raise.below - 0.001,
    ].flat()
    for (const value of bad) assert.ok(raises(raise, value) && !clears(clear, value), name)
    const middle = ((clear.above ?? clear.below! - 0.002) + (clear.below ?? clear.above! + 0.002)) / 2
    assert.ok(clears(clear, middle) && !raises(raise, middle), name)
    assert.not.equal([raise.above, raise.below], [clear.below, clear.above], `${name}: one threshold for both`)
  }
})

test.run()
