import { Subject } from 'rxjs'
import * as assert from 'uvu/assert'
import { onAir } from '../../examples/failover'
import type { MetricName } from '../../src/index'
import { suite } from '../support/suite'

const test = suite('failover: which stream is on air')

interface Step {
  id: string
  stream: string
  metric: MetricName
  clearedAt: number | null
}
const raised = (id: string, stream: string, metric: MetricName = 'freeze'): Step => ({
  id,
  stream,
  metric,
  clearedAt: null,
})
const cleared = (id: string, stream: string, metric: MetricName = 'freeze'): Step => ({
  id,
  stream,
  metric,
  clearedAt: 1,
})

function decide(...steps: Step[]): string[] {
  const alerts = new Subject<Step>()
  const seen: string[] = []
  onAir(alerts, 'A', 'B').subscribe(name => void seen.push(name))
  for (const step of steps) alerts.next(step)
  return seen
}

test('the first, until it has nothing to show, and again when it has', () => {
  assert.equal(decide(), ['A'])
  for (const metric of ['freeze', 'black', 'noData'] as const) {
    assert.equal(decide(raised('1', 'A', metric), cleared('1', 'A', metric)), ['A', 'B', 'A'])
  }
})

test('of two alerts the last to clear decides', () => {
  assert.equal(decide(raised('1', 'A', 'freeze'), raised('2', 'A', 'noData'), cleared('1', 'A', 'freeze')), ['A', 'B'])
  assert.equal(decide(raised('1', 'A'), raised('2', 'A'), cleared('2', 'A'), cleared('1', 'A')), ['A', 'B', 'A'])
})

test('other metrics and other streams change nothing', () => {
  assert.equal(decide(raised('1', 'A', 'bitrate'), raised('2', 'B'), raised('3', 'programme', 'black')), ['A'])
})

test('where both have nothing to show it stays; the first that has takes over', () => {
  assert.equal(decide(raised('1', 'B'), raised('2', 'A')), ['A'])
  assert.equal(decide(raised('1', 'A'), raised('2', 'B')), ['A', 'B'])
  assert.equal(decide(raised('1', 'B'), raised('2', 'A'), cleared('1', 'B')), ['A', 'B'])
})

test.run()
