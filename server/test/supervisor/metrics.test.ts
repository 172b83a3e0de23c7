import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import type { AlertView } from '../../src/core/status.js'
import { ServerMetrics } from '../../src/supervisor/server-metrics.js'

const test = suite('metrics of the server')

const RULES = fileURLToPath(new URL('../../../../monitoring/prometheus-rules.yml', import.meta.url))

const alert = (channel: string, rule: string, metric: string, severity: AlertView['severity']): AlertView => ({
  ...{ id: `${channel}${metric}`, channel, rule, metric, severity, message: '', raisedAt: 1, clearedAt: null },
  ...{ clearedBy: null, value: 1, peak: 1, acknowledgedBy: null, acknowledgedAt: null },
})

function metrics(alerts: () => readonly AlertView[]): ServerMetrics {
  const none = { channels: () => [], eventsLost: () => 0, historyLost: () => 0, configValid: () => true }
  return new ServerMetrics('1.2.3', { ...none, alerts })
}

test('an alert of the server has a series of its own while raised; one of a monitor is counted alone', async () => {
  let raised = [
    alert('studio', 'target-lost', 'target a', 'critical'),
    alert('studio', 'target-lost', 'target b', 'critical'),
    alert('studio', 'black-critical', 'black', 'critical'),
    alert('', 'webhook-unusable', 'server.webhooks[0].url', 'warning'),
  ]
  const own = metrics(() => raised)
  const series = async () => (await own.text()).split('\n').filter(line => /^rxgst_server_alerts?\{/.test(line))
  assert.equal((await series()).sort(), [
    'rxgst_server_alerts{severity="critical"} 3',
    'rxgst_server_alerts{severity="warning"} 1',
    'rxgst_server_alert{channel="",rule="webhook-unusable",subject="server.webhooks[0].url",severity="warning"} 1',
    'rxgst_server_alert{channel="studio",rule="target-lost",subject="target a",severity="critical"} 1',
    'rxgst_server_alert{channel="studio",rule="target-lost",subject="target b",severity="critical"} 1',
  ])
  raised = []
  assert.equal((await series()).sort(), [
    'rxgst_server_alerts{severity="critical"} 0',
    'rxgst_server_alerts{severity="warning"} 0',
  ])
})

test('the shipped rules know no metric of the server that there is not', async () => {
  const text = await metrics(() => []).text()
  const rules = readFileSync(RULES, 'utf8')
  const used = new Set(rules.match(/\brxgst_server_\w+/g) ?? [])
  assert.ok(used.size > 0)
  for (const name of used) assert.match(text, `# TYPE ${name} `)
})

test.run()
