import * as assert from 'uvu/assert'
import { nameAndUrl } from '../../src/commands/monitor.js'
import { loudnessBar, monitorTable, type MonitorRow } from '../../src/commands/monitor-table.js'
import { suite } from '../../../test/support/suite.js'

// The lines of the table, at several sizes of a terminal.
const test = suite('server: the table of monitor')

const row = (name: string, more: Partial<MonitorRow> = {}): MonitorRow => ({
  ...{ name, phase: 'live', fps: 29.97, bitrate: 4_512_000, loudness: -18.2, alert: null },
  ...more,
})
const wide = { columns: 120, rows: 24, color: false, time: '03:04:05' }

test('name, state, rates, loudness, the last alert', () => {
  const lines = monitorTable(
    [
      row('studio', { alert: { message: 'studio: black 12 s (above 10 s)', severity: 'critical', over: false } }),
      row('camera', { phase: 'reconnecting', fps: null, bitrate: null, loudness: null }),
    ],
    wide,
  )
  assert.match(lines[0]!, /^NAME +STATE +FPS +MBIT\/S +LOUDNESS, LUFS +LAST ALERT/)
  assert.match(lines[1]!, /^studio +live +30\.0 +4\.51 +█+·+ +-18\.2 +studio: black 12 s/)
  assert.match(lines[2]!, /^camera +reconnecting +– +– +·+ +– */)
  assert.match(lines.at(-1)!, /^03:04:05 {3}Ctrl-C ends it/)
})

test('no line is wider than the terminal, whatever the size and the names', () => {
  const streams = [row('a name that is much too long for any column'), row('ünïcödé', { alert: null })]
  for (const columns of [1, 20, 40, 60, 80, 200]) {
    for (const rows of [1, 2, 3, 10]) {
      const lines = monitorTable(streams, { ...wide, columns, rows })
      if (columns >= 60) for (const line of lines) assert.ok([...line].length <= columns, `${columns}: ${line}`)
      assert.ok(lines.length <= Math.max(2, rows), `${lines.length} lines in ${rows} rows`)
    }
  }
})

test('streams that do not fit are counted', () => {
  const streams = Array.from({ length: 30 }, (_, i) => row(`stream-${i}`))
  const lines = monitorTable(streams, { ...wide, rows: 10 })
  assert.is(lines.length, 10)
  assert.match(lines.at(-1)!, /and 22 more/)
})

test('texts of servers move no cursor; colours are escapes alone', () => {
  const evil = row('x', { alert: { message: '\u001b[2Jgone\r\n', severity: 'warning', over: false } })
  assert.not.match(monitorTable([evil], wide).join(''), /\u001b|\r|\n/)
  const plain = monitorTable([row('x')], { ...wide, color: true }).map(line => line.replace(/\u001b\[[\d;]*m/g, ''))
  assert.equal(plain, monitorTable([row('x')], wide))
})

test('the bar', () => {
  assert.equal(
    [loudnessBar(null, 4), loudnessBar(-60, 4), loudnessBar(-23, 4), loudnessBar(0, 4)],
    ['····', '····', '██··', '████'],
  )
})

test('names', () => {
  assert.equal(nameAndUrl('studio=rtmp://a/b/c', 0), { name: 'studio', url: 'rtmp://a/b/c' })
  assert.equal(nameAndUrl('rtmp://a/b/c?x=1', 1), { name: 'stream-2', url: 'rtmp://a/b/c?x=1' })
})

test.run()
