// suite: deep
// lane: processor
// Manifests and chart: by the types of Kubernetes' API, by what belongs together in them, and each by the other.
import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { parse, parseAllDocuments } from 'yaml'
import { suite } from '../../../test/support/suite.js'
import { tempDir } from '../../../test/support/temp.js'
import { healthRoutes } from '../../src/api/routes/health.js'
import { configSchema } from '../../src/core/schema.js'
import { Chart } from './go-template.js'

const test = suite('kubernetes', { timeout: 240_000 })
const DEPLOY = join('server', 'deploy')
const PLAIN = join(DEPLOY, 'kubernetes')
const CHART = join(DEPLOY, 'helm', 'rxgst')
const DRAIN_S = 150
const [NAME, INSTANCE, COMPONENT] = ['name', 'instance', 'component'].map(it => `app.kubernetes.io/${it}`)

/** A part of a manifest, whose shape the types have checked. */
// biome-ignore lint/suspicious/noExplicitAny: each test reads another part of it
type Part = any
type Doc = { readonly kind: string; readonly metadata: { readonly name: string } } & Readonly<Record<string, Part>>

const docsIn = (text: string): Doc[] =>
  parseAllDocuments(text)
    .map(document => document.toJS() as Doc | null)
    .filter(document => document !== null)
const plainFiles = readdirSync(PLAIN).filter(name => name !== 'kustomization.yaml')
const plain = plainFiles.flatMap(name => docsIn(readFileSync(join(PLAIN, name), 'utf8')))
const one = (docs: readonly Doc[], kind: string, name = 'rxgst'): Doc =>
  docs.find(doc => doc.kind === kind && doc.metadata.name === name)!
const podOf = (doc: Doc): Part => doc['spec'].template.spec

/** The chart as the test's own templates render it. */
function rendered(change: (values: Part) => void = () => {}, release = 'rxgst'): Doc[] {
  const values = parse(readFileSync(join(CHART, 'values.yaml'), 'utf8')) as Part
  change(values)
  const { name, version, appVersion } = parse(readFileSync(join(CHART, 'Chart.yaml'), 'utf8')) as Record<string, string>
  const root = {
    Values: values,
    Release: { Name: release, Namespace: 'rxgst', Service: 'Helm' },
    Chart: { Name: name, Version: version, AppVersion: appVersion },
  }
  const templates = join(CHART, 'templates')
  const chart = new Chart(root, readFileSync(join(templates, '_helpers.tpl'), 'utf8'))
  const files = readdirSync(templates).filter(file => file.endsWith('.yaml'))
  return files.flatMap(file => docsIn(chart.render(readFileSync(join(templates, file), 'utf8'))))
}

const everything = (values: Part): void => {
  Object.assign(values, { replicas: 5, cores: 7.5, ttl: '20s', hosts: ['tv.example'], migrate: false })
  Object.assign(values.image, { repository: 'registry.example/rxgst', tag: 'x', pullSecrets: [{ name: 'login' }] })
  Object.assign(values, { extraLimits: { 'nvidia.com/gpu': '1' }, nodeSelector: { gpu: 'yes' } })
  Object.assign(values, { tolerations: [{ key: 'gpu', operator: 'Exists', effect: 'NoSchedule' }] })
  Object.assign(values.state, { storageClass: 'fast' })
  values.serviceMonitor.enabled = true
}

/** What only Helm sets. */
function withoutHelm(docs: readonly Doc[]): Doc[] {
  const own = new Set(['helm.sh/chart', 'app.kubernetes.io/managed-by', 'app.kubernetes.io/version'])
  const text = JSON.stringify(docs, (key, value: unknown) => {
    if (own.has(key)) return undefined
    return key === 'annotations' && JSON.stringify(value).includes('helm.sh/hook') ? undefined : value
  })
  return sorted(JSON.parse(text) as Doc[])
}
const keyOf = ({ kind, metadata }: Doc): string => `${kind} ${metadata.name}`
const sorted = (docs: readonly Doc[]): Doc[] => [...docs].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))

const TYPES: Readonly<Record<string, string>> = {
  ...{ ConfigMap: 'core/v1', Service: 'core/v1', Job: 'batch/v1', StatefulSet: 'apps/v1' },
  PodDisruptionBudget: 'policy/v1',
}

/** What TypeScript says to them as values of Kubernetes' types: unknown names, missing ones, wrong types. */
function typeFaults(sets: Readonly<Record<string, readonly Doc[]>>): string {
  const folder = tempDir()
  for (const [name, docs] of Object.entries(sets)) {
    const typed = docs.filter(doc => doc.kind in TYPES)
    const lines = typed.map((doc, i) => {
      const type = `import('kubernetes-types/${TYPES[doc.kind]}').${doc.kind}`
      return `export const v${i}: ${type} = ${JSON.stringify(doc, null, 1)}`
    })
    writeFileSync(join(folder, `${name}.ts`), lines.join('\n'))
  }
  const compilerOptions = {
    ...{ strict: true, noEmit: true, skipLibCheck: true, module: 'esnext', moduleResolution: 'bundler', types: [] },
    paths: { 'kubernetes-types/*': [`${resolve('node_modules', 'kubernetes-types')}/*`] },
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
  const { stdout } = spawnSync(join('node_modules', '.bin', 'tsc'), ['-p', folder], { encoding: 'utf8' })
  return stdout
}

test('all are values of the types of the API, and what is misspelt is none', () => {
  const wrong = (change: (spec: Part) => void): Doc[] => {
    const doc = structuredClone(one(plain, 'StatefulSet'))
    change(doc['spec'])
    return [doc]
  }
  const faults = typeFaults({
    plain,
    chart: rendered(),
    full: rendered(everything, 'other'),
    misspelt: wrong(spec => (spec.template.spec.containers[0].redinessProbe = {})),
    mistyped: wrong(spec => (spec.replicas = '3')),
    missing: wrong(spec => delete spec.serviceName),
  })
  assert.match(faults, /misspelt\.ts.*redinessProbe/)
  assert.match(faults, /mistyped\.ts.*number/)
  assert.match(faults, /missing\.ts.*serviceName/)
  assert.not.match(faults, /^(.*\/)?(plain|chart|full)\.ts/m, faults)
})

test('the chart with its own values is the plain manifests', () => {
  const chart = withoutHelm(rendered(values => (values.serviceMonitor.enabled = true)))
  assert.equal(chart.map(keyOf), sorted(plain).map(keyOf))
  for (const [i, doc] of sorted(plain).entries()) assert.equal(comparable(chart[i]!), comparable(doc))
})

/** With the configuration as it is read, and without the image, which kustomization.yaml sets. */
function comparable(doc: Doc): unknown {
  return JSON.parse(JSON.stringify(doc), (key, value: unknown) => {
    if (key === 'image' || key === 'imagePullPolicy') return undefined
    return key === 'rxgst.yaml' ? (parse(value as string) as unknown) : value
  })
}

test('the plain manifests are what the kustomization lists, with the image of the chart', () => {
  const text = readFileSync(join(PLAIN, 'kustomization.yaml'), 'utf8')
  const { resources, images, namespace } = parse(text) as Part
  assert.equal([...resources, 'monitor.yaml'].sort(), plainFiles.sort())
  const workers = rendered().find(doc => doc.kind === 'StatefulSet')!
  assert.is(podOf(workers).containers[0].image, `${images[0].newName}:${images[0].newTag}`)
  const { hosts } = configSchema.parse(parse(one(plain, 'ConfigMap', 'rxgst-config')['data']['rxgst.yaml'])).server
  assert.ok(hosts.includes(`rxgst.${namespace}.svc`))
})

const helm = process.env['RXGST_HELM'] ?? 'helm'
const hasHelm = spawnSync(helm, ['version']).status === 0
if (!hasHelm) console.log("skipped: Helm's own rendering; helm is not in the PATH, and $RXGST_HELM names none")
const withHelm = hasHelm ? test : test.skip

withHelm('Helm renders the chart as the test does', () => {
  const values = join(tempDir(), 'values.yaml')
  for (const [change, release] of [[() => {}, 'rxgst'] as const, [everything, 'other'] as const]) {
    const whole = parse(readFileSync(join(CHART, 'values.yaml'), 'utf8')) as Part
    change(whole)
    writeFileSync(values, JSON.stringify(whole))
    execFileSync(helm, ['lint', '--strict', CHART, '--values', values])
    const text = execFileSync(helm, ['template', release, CHART, '--namespace', 'rxgst', '--values', values])
    assert.equal(sorted(docsIn(text.toString())), sorted(rendered(change, release)))
  }
})

for (const [what, docs] of [
  ['manifests', plain],
  ['chart', rendered(values => (values.serviceMonitor.enabled = true))],
] as const) {
  test(`${what}: selectors, services, ports, volumes and probes belong together`, () => {
    const workers = one(docs, 'StatefulSet')
    const pod = podOf(workers)
    const [container] = pod.containers
    const { labels } = workers['spec'].template.metadata
    const selectors = [workers, one(docs, 'PodDisruptionBudget')].map(doc => doc['spec'].selector.matchLabels)
    for (const name of ['rxgst', 'rxgst-workers']) {
      const { selector, ports } = one(docs, 'Service', name)['spec']
      selectors.push(selector)
      for (const { targetPort } of ports) assert.ok(container.ports.some((it: Part) => it.name === targetPort))
    }
    const monitor = one(docs, 'ServiceMonitor')['spec']
    const monitored = docs.filter(({ kind, metadata }) => {
      const wanted = Object.entries(monitor.selector.matchLabels)
      return kind === 'Service' && wanted.every(([key, value]) => (metadata as Part).labels[key] === value)
    })
    assert.equal(monitored.map(keyOf), ['Service rxgst-workers'])
    assert.is(monitored[0]!['spec'].ports[0].name, monitor.endpoints[0].port)
    const { affinity, topologySpreadConstraints } = pod
    const { podAffinityTerm } = affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0]
    selectors.push(podAffinityTerm.labelSelector.matchLabels, topologySpreadConstraints[0].labelSelector.matchLabels)
    for (const selector of selectors) {
      assert.equal(Object.keys(selector), [NAME, INSTANCE, COMPONENT])
      for (const [key, value] of Object.entries(selector)) assert.is(labels[key], value)
    }
    assert.is(workers['spec'].serviceName, 'rxgst-workers')
    assert.ok(one(docs, 'Service', 'rxgst-workers')['spec'].publishNotReadyAddresses)
    assert.ok(pod.terminationGracePeriodSeconds > DRAIN_S)
    assert.is(one(docs, 'PodDisruptionBudget')['spec'].maxUnavailable, 1)
    const paths = new Set(healthRoutes({} as never).map(({ path }) => path))
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'])
      assert.ok(paths.has(container[probe].httpGet.path), probe)
    // No service leads there: who fills the page's connections must not end a worker.
    const [page, probes] = container.ports
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'])
      assert.is(container[probe].httpGet.port, probes.name, probe)
    for (const name of ['rxgst', 'rxgst-workers'])
      assert.equal(
        one(docs, 'Service', name)['spec'].ports.map((it: Part) => it.targetPort),
        [page.name],
      )
    assert.is(container.readinessProbe.httpGet.path, '/readyz')
    assert.ok(paths.has(monitor.endpoints[0].path))
    for (const doc of [workers, one(docs, 'Job', 'rxgst-migrate')]) {
      const claims = (doc['spec'].volumeClaimTemplates ?? []).map((it: Part) => it.metadata.name)
      const volumes = [...podOf(doc).volumes.map((it: Part) => it.name), ...claims]
      const mounts = podOf(doc).containers[0].volumeMounts.map((it: Part) => it.name)
      assert.equal(mounts.sort(), volumes.sort())
    }
  })

  test(`${what}: what the processes may do is what the image's user may do`, () => {
    const uid = Number(/^USER (\d+)$/m.exec(readFileSync(join(DEPLOY, 'Dockerfile'), 'utf8'))![1])
    for (const doc of [one(docs, 'StatefulSet'), one(docs, 'Job', 'rxgst-migrate')]) {
      const { securityContext, automountServiceAccountToken, containers } = podOf(doc)
      assert.is(automountServiceAccountToken, false)
      assert.is(securityContext.runAsUser, uid)
      assert.is(securityContext.fsGroup, uid)
      assert.ok(securityContext.runAsNonRoot)
      assert.equal(containers[0].securityContext, {
        ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
      })
    }
  })

  test(`${what}: the configuration is valid, and what it names is mounted`, () => {
    const { server } = configSchema.parse(parse(one(docs, 'ConfigMap', 'rxgst-config')['data']['rxgst.yaml']))
    const { containers, volumes } = podOf(one(docs, 'StatefulSet'))
    const [{ args, ports, volumeMounts, resources }] = containers
    const isMounted = (path: string): boolean =>
      volumeMounts.some(({ name, mountPath }: Part) => {
        const volume = volumes.find((it: Part) => it.name === name)
        const items =
          volume?.secret?.items.map((it: Part) => it.path) ?? Object.keys(volume?.configMap ? { 'rxgst.yaml': 1 } : {})
        return items.some((item: string) => `${mountPath}/${item}` === path)
      })
    assert.is(args[0], 'serve')
    assert.ok(isMounted(args[1]))
    assert.ok(isMounted(server.users!))
    assert.ok(isMounted(/^\$\{file:(.*)\}$/.exec(server.fleet!.url)![1]!))
    assert.ok(volumeMounts.some((it: Part) => it.mountPath === server.state && it.name === 'state'))
    assert.is(server.listen, `0.0.0.0:${ports[0].containerPort}`)
    assert.is(server.probes, `0.0.0.0:${ports[1].containerPort}`)
    assert.is(String(server.fleet!.cores), resources.requests.cpu)
    assert.is(server.fleet!.ttl, 15_000)
    assert.is(server.fleet!.worker, undefined, 'the name of the machine, which is that of the pod')
    const job = podOf(one(docs, 'Job', 'rxgst-migrate'))
    const [{ args: migrate, volumeMounts: mounts }] = job.containers
    assert.equal(migrate.slice(0, 3), ['fleet', 'migrate', '--url-file'])
    assert.ok(mounts.some((it: Part) => `${it.mountPath}/url` === migrate[3]))
    // The owner's address is in no worker's pod.
    assert.not.match(JSON.stringify(podOf(one(docs, 'StatefulSet'))), /owner/)
  })
}

test('the values of the chart change what they say', () => {
  const docs = rendered(everything, 'other')
  const workers = one(docs, 'StatefulSet', 'other')
  const pod = podOf(workers)
  const config = configSchema.parse(parse(one(docs, 'ConfigMap', 'other-config')['data']['rxgst.yaml'])).server
  assert.is(workers['spec'].replicas, 5)
  assert.is(workers['spec'].serviceName, 'other-workers')
  assert.is(pod.containers[0].image, 'registry.example/rxgst:x')
  assert.equal(pod.containers[0].resources.limits, { memory: '8Gi', 'nvidia.com/gpu': '1' })
  assert.is(workers['spec'].volumeClaimTemplates[0].spec.storageClassName, 'fast')
  assert.equal(config.hosts, ['other', 'other.rxgst', 'other.rxgst.svc', 'tv.example'])
  assert.is(config.fleet!.cores, 7.5)
  assert.is(config.fleet!.ttl, 20_000)
  assert.is(one(docs, 'Job', 'other-migrate'), undefined)
})

test.run()
