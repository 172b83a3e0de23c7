// docs/monitoring.md against the code: its tables say what the code does, and its receiver receives.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { METRICS, type MetricName } from '../../src/meter/metrics'
import { DEFAULT_RULES, webhook, type AlertRule } from '../../src/index'
import { start } from '../support/child'
import { freePort, accepts } from '../support/peers/ports'
import { sign } from '../../src/monitor/signature'
import { suite } from '../support/suite'
import { until } from '../support/until'
import { codeBlocks, repository, textOf } from './markdown'
import { makeProject } from './workspace'

const test = suite('docs/monitoring.md')

const FILE = 'docs/monitoring.md'

/** The rows of the table under this head. */
function table(head: string): string[] {
  const lines = textOf(FILE).split('\n')
  const from = lines.indexOf(head)
  assert.ok(from >= 0, head)
  const rest = lines.slice(from + 2)
  return rest.slice(
    0,
    rest.findIndex(line => !line.startsWith('|')),
  )
}

/** RXGST_WRITE_DOCS=1 writes the table in place of comparing it. */
function same(head: string, expected: string[]): void {
  const found = table(head)
  if (process.env.RXGST_WRITE_DOCS) {
    const text = textOf(FILE)
    const at = text.indexOf(head)
    const [first, ruler] = text.slice(at).split('\n')
    const before = [first, ruler, ...found].join('\n')
    writeFileSync(
      join(repository, FILE),
      text.replace(before, () => [first, ruler, ...expected].join('\n')),
    )
    return
  }
  assert.equal(found, expected)
}

test('the table of metrics', () => {
  const bad = { higher: 'higher', lower: 'lower', off: 'off', none: '' }
  same(
    '| Metric | Unit | Bad when | What it is |',
    (Object.keys(METRICS) as MetricName[]).map(name => {
      const { unit, worse, summary } = METRICS[name]
      return `| \`${name}\` | ${unit} | ${bad[worse]} | ${summary} |`
    }),
  )
})

test('the table of default rules', () => {
  same(
    '| Rule | Looks at | Raised | Cleared |',
    DEFAULT_RULES.map(
      rule => `| \`${rule.name}\` | ${looksAt(rule)} | ${condition(rule, 'raise')} | ${condition(rule, 'clear')} |`,
    ),
  )
})

function looksAt({ metric, track, detail, as = 'value', window }: AlertRule): string {
  const what = `\`${detail ?? metric}\`${track ? ` of ${track}` : ''}`
  const kinds = {
    value: '',
    increase: `, growth in ${window! / 60_000} min`,
    share: `, share in ${window! / 1000} s`,
    ofTarget: ' ÷ target',
    ofUsual: ' ÷ target or usual',
    offTarget: ' − target',
  }
  return `${what}${kinds[as]}`
}

function condition(rule: AlertRule, which: 'raise' | 'clear'): string {
  const { above, below, for: time } = rule[which]
  const relative = ['share', 'ofTarget', 'ofUsual'].includes(rule.as ?? '')
  const { unit } = METRICS[rule.metric]
  const value = (number: number): string =>
    relative
      ? `${number * 100} %`
      : String(number).replace('-', '−') + (unit === 'count' ? '' : ` ${rule.as === 'offTarget' ? 'LU' : unit}`)
  const parts = [
    above === undefined ? [] : `above ${value(above)}`,
    below === undefined ? [] : `below ${value(below)}`,
  ].flat()
  return `${parts.join(which === 'raise' ? ' or ' : ' and ')}${time > 0 ? ` for ${time / 1000} s` : ''}`
}

test('the series are those that are exported', () => {
  const documented = new Set([...textOf(FILE).matchAll(/`(rxgst_[a-z0-9_]+)`/g)].map(([, name]) => name!))
  const dashboard = readFileSync(join(repository, 'monitoring/grafana-dashboard.json'), 'utf8')
  // The dashboard has exactly what is exported: test/monitor/prometheus.test.ts
  const shown = new Set([...dashboard.matchAll(/\brxgst_[a-z0-9_]+/g)].map(([name]) => name.replace(/_bucket$/, '')))
  assert.equal([...documented].sort(), [...shown].sort())
})

test('the receiver receives what is signed, and nothing else', async () => {
  const block = codeBlocks(FILE).find(({ code }) => code.includes('verifyWebhook('))!
  const port = await freePort()
  const file = join(makeProject(), 'receiver.mjs')
  writeFileSync(file, block.code.replace('8080', String(port)))
  await using child = start(process.execPath, [file])
  await until(async () => !child.running || (await accepts(port)), { what: () => child.output() })

  const url = `http://127.0.0.1:${port}/alerts`
  const alert = {
    id: 'one',
    rule: 'black-warning',
    metric: 'black',
    stream: 'camera',
    severity: 'warning',
    raisedAt: 1,
    clearedAt: null,
    value: 12,
    peak: 12,
    message: 'camera: black 12 s (above 10 s)',
    clearedBy: null,
    track: null,
    flaps: null,
  } as const
  const right = webhook({ url, secret: 'at least sixteen characters' })
  const wrong = webhook({ url, secret: 'of somebody else, as long' })
  for (const sender of [right, wrong]) {
    sender.next(alert)
    assert.ok(await sender.flush(20_000))
    sender.dispose()
  }
  assert.equal([right.stats().delivered, wrong.stats().failed], [1, 1])
  assert.is((await fetch(url, { method: 'POST', body: '{}' })).status, 401)
  await until(() => child.output() !== '')
  assert.is(child.output(), 'raised warning camera: black 12 s (above 10 s)\n')
})

test('the shell’s way of verifying is right', async () => {
  const block = codeBlocks(FILE).find(({ language }) => language === 'sh')!
  const dir = makeProject()
  const body = '{"alert":"ä"}\n'
  writeFileSync(join(dir, 'body.json'), body)
  const [, t, v1] = /^t=(\d+),v1=(.*)$/.exec(sign('at least sixteen characters', 1_764_040_000, body))!
  const verify = async (secret: string) =>
    (await start('sh', ['-c', block.code], { cwd: dir, env: { t: t!, v1: v1!, SECRET: secret } }).exited).code
  assert.is(await verify('at least sixteen characters'), 0)
  assert.is(await verify('at least sixteen character!'), 1)
})

test.run()
