import * as assert from 'uvu/assert'
import support from '../../../test/support/fast-check.js'
import { suite } from '../../../test/support/suite.js'
import { FakeFleet } from './fake-fleet.js'
import { type FakeApi, fakeApi, type TokenName } from './support.js'

// What comes of requests that nobody meant: an answer of the document, and never a fault of the server.
const { default: fc, runs } = support
const test = suite('answers', { timeout: 240_000 })

let fake: FakeApi
let routes: [path: string, method: string, operation: Operation][]
interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>
  readonly requestBody?: unknown
}

test.before(async () => {
  fake = await fakeApi({ fake: { jpeg: Buffer.from([0xff, 0xd8, 0xff, 0xd9]) } })
  fake.port.fleet = new FakeFleet()
  const { json } = await fake.request('GET', '/openapi.json')
  routes = Object.entries(json.paths as Record<string, Record<string, Operation>>).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): (typeof routes)[number] => [path, method, operation]),
  )
})
test.after(() => fake.api.close())

const CHANNEL = { inputs: [{ file: 'loop.mp4' }], targets: { out: { url: 'rtmp://media.example.org/live/key' } } }

/** Good bodies, bodies that are nearly good, and any others. */
const bodies = fc.oneof(
  fc.constantFrom<unknown>(
    ...[undefined, null, [], 1, '', {}, CHANNEL, CHANNEL.targets.out, { input: 'standby' }, { input: 'none' }],
    ...[
      { text: 'channels: {}' },
      { text: ': no' },
      { text: 1 },
      { worker: 'studio-2' },
      { user: 'anna', password: 'x' },
    ],
    ...[{ targets: { out: null } }, { targets: null }, { inputs: null }, { inputs: [null] }, { mode: { encode: {} } }],
  ),
  fc.jsonValue(),
  fc.record({ inputs: fc.jsonValue(), targets: fc.jsonValue(), mode: fc.jsonValue() }, { requiredKeys: [] }),
)
const names = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('studio', 'fresh') },
  fc.constantFrom('chapel', 'youtube', 'out', 'nothing', 'studio-1', 'constructor', '__proto__', ':start'),
  fc.string({ minLength: 1, maxLength: 80 }),
)
const queries = fc.constantFrom(
  ...[
    '',
    '',
    '',
    '',
    'dryRun=true',
    'allowRestart=true',
    'dryRun=1',
    'metric=fps',
    'metric=none',
    'metric=fps&since=-1',
  ],
  ...['after=0', 'after=x', 'limit=0', 'limit=5&after=1', 'token=x', 'side=in', '%', 'a=%ff'],
)
const roles = fc.oneof(
  { weight: 4, arbitrary: fc.constant<TokenName>('admin') },
  fc.constantFrom<TokenName | null>(null, 'metrics', 'viewer', 'operator', 'chapelOnly'),
)

test('every answer is one of the document; what refuses is a problem; nothing is a fault of the server', async () => {
  const requests = fc.record({
    pick: fc.nat(),
    ...{ params: fc.array(names, { minLength: 2, maxLength: 2 }), query: queries, body: bodies, role: roles },
    ifMatch: fc.constantFrom(undefined, undefined, undefined, '*', '"stale"', 'no tag'),
    isStrange: fc.nat(20).map(number => number === 20),
    type: fc.constantFrom(...Array<string>(5).fill('application/json'), 'application/merge-patch+json', 'text/plain'),
  })
  const seen = new Map<number, number>()
  const law = fc.asyncProperty(requests, async ({ pick, params, query, body, role, ifMatch, isStrange, type }) => {
    const [template, method, operation] = routes[pick % routes.length]!
    const given = [...params]
    const path = template.replaceAll(/\{\w+\}/g, () => encodeURIComponent(given.shift()!))
    const headers = {
      ...(role && fake.as(role)),
      ...(ifMatch !== undefined && { 'if-match': ifMatch }),
      ...(isStrange && { host: 'evil.example' }),
      ...(body !== undefined && { 'content-type': type }),
      // The stream of events does not end.
      ...(template.endsWith('/events') && { accept: 'application/json' }),
    }
    const reply = await fake.request(method.toUpperCase(), `${path}${query && '?'}${query}`, { headers, body })
    const { status } = reply
    // A name such as .. makes another path of it.
    if (reply.json?.code === 'ERR_PATH') return
    const what = `${method} ${path}?${query} of ${template}: ${status} ${reply.text.slice(0, 300)}`
    assert.ok(operation.responses[status], what)
    assert.ok(status < 500 || (status === 503 && template === '/readyz'), what)
    if (status >= 400) {
      assert.is(reply.headers['content-type'], 'application/problem+json', what)
      assert.is(reply.json.status, status)
    }
    seen.set(status, (seen.get(status) ?? 0) + 1)
  })
  await fc.assert(law, { numRuns: runs(2500) })
  assert.equal(fake.faults, [])
  for (const status of [200, 400, 401, 403, 404, 415, 421, 422])
    assert.ok(seen.has(status), `no answer was ${status}: ${JSON.stringify([...seen])}`)
})

test('what a process, a peer or a full queue answers to an action is in the document', () => {
  for (const [path, method, { responses }] of routes) {
    assert.ok(responses['421'], `${method} ${path}`)
    if (/:(start|stop|restart|switch)$/.test(path)) {
      for (const status of [404, 409, 422, 502, 503, 504]) assert.ok(responses[status], `${method} ${path}: ${status}`)
    }
    if (['put', 'patch'].includes(method))
      for (const status of [422, 503]) assert.ok(responses[status], `${method} ${path}: ${status}`)
  }
})

test.run()
