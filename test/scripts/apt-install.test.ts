// What scripts/lib/apt-install.sh does around apt: the real script, with programs that only write down what they are
// asked, and an apt-get that asks the policy as a postinst does.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite'
import { tempDir } from '../support/temp'

const test = suite('apt-install.sh')

const script = join(__dirname, '../../../scripts/lib/apt-install.sh')

interface Run {
  status: number | null
  /** What apt-get and update-rc.d were asked. */
  log: string[]
  /** The whole command lines of apt-get. */
  commands: string[]
  /** Service → what the policy answered while packages were installed: 101 = do not start. */
  answers: Record<string, number>
  policy: string
}

function run(
  packages: string[],
  { installed = [] as string[], policy: own = null as string | null, fails = 0, first = 'systemd' } = {},
): Run {
  const dir = tempDir()
  const policy = join(dir, 'policy-rc.d')
  const log = join(dir, 'log')
  const program = (name: string, text: string) => {
    writeFileSync(join(dir, name), `#!/bin/sh\n${text}\n`)
    chmodSync(join(dir, name), 0o755)
  }
  if (own !== null) program('policy-rc.d', own)
  program(
    'dpkg-query',
    `for last; do :; done; case " ${installed.join(' ')} " in *" $last "*) echo ii ;; *) exit 1 ;; esac`,
  )
  program('update-rc.d', `echo "update-rc.d $*" >> ${log}`)
  program(
    'apt-get',
    `
echo "apt-get $1" >> ${log}
echo "$*" >> ${log}.commands
[ "$1" = install ] || exit 0
if [ "$(grep -c 'apt-get install' ${log})" -le ${fails} ]; then exit 100; fi
for service in nginx nginx.service prometheus prometheus.service ssh; do
  status=0
  if [ -x ${policy} ]; then ${policy} $service start || status=$?; fi
  echo "$service $status" >> ${log}.answers
done`,
  )
  const firstProcess = join(dir, 'comm')
  writeFileSync(firstProcess, `${first}\n`)
  const { status } = spawnSync('sh', [script, ...packages], {
    env: { PATH: `${dir}:/usr/bin:/bin`, RXGST_POLICY: policy, RXGST_FIRST_PROCESS: firstProcess },
  })
  const lines = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [])
  const answers = Object.fromEntries(
    lines(`${log}.answers`).map(line => [line.split(' ')[0], Number(line.split(' ')[1])]),
  )
  return { status, log: lines(log), commands: lines(`${log}.commands`), answers, policy }
}

const started = (...quiet: string[]) =>
  Object.fromEntries(
    ['nginx', 'nginx.service', 'prometheus', 'prometheus.service', 'ssh'].map(name => [
      name,
      quiet.includes(name.replace('.service', '')) ? 101 : 0,
    ]),
  )

test('new servers are not started, and not at the next boot either', () => {
  const { status, log, answers, policy } = run(['ffmpeg', 'nginx', 'prometheus'])
  assert.is(status, 0)
  assert.equal(answers, started('nginx', 'prometheus'))
  assert.equal(log, ['apt-get install', 'update-rc.d nginx disable', 'update-rc.d prometheus disable'])
  assert.not.ok(existsSync(policy), 'the policy is gone')
})

test('each by itself', () => {
  assert.equal(run(['prometheus']).answers, started('prometheus'))
  assert.equal(run(['nginx']).answers, started('nginx'))
})

test('a server that was there before is somebody’s, and stays as it is', () => {
  const { log, answers } = run(['nginx', 'prometheus'], { installed: ['nginx'] })
  assert.equal(answers, started('prometheus'))
  assert.equal(log, ['apt-get install', 'update-rc.d prometheus disable'])
})

test('packages without a server leave the policy alone', () => {
  const { log, answers } = run(['ffmpeg', 'libnginx-mod-rtmp'])
  assert.equal(answers, started())
  assert.equal(log, ['apt-get install'])
})

test('a policy that was there is asked about all else, and comes back', () => {
  const { answers, policy } = run(['prometheus'], { policy: 'if [ "$1" = ssh ]; then exit 104; fi' })
  assert.equal(answers, { ...started('prometheus'), ssh: 104 })
  assert.match(readFileSync(policy, 'utf8'), /exit 104/)
})

test('a first try that fails fetches new lists; a second one is the end, and the policy goes all the same', () => {
  const second = run(['prometheus'], { fails: 1 })
  assert.equal([second.status, second.log[1]], [0, 'apt-get update'])
  assert.equal(second.answers, started('prometheus'))

  const never = run(['prometheus'], { fails: 9, policy: 'exit 101' })
  assert.ok(never.status !== 0)
  assert.is(readFileSync(never.policy, 'utf8'), '#!/bin/sh\nexit 101\n')
})

test('dpkg leaves out its waits for the disk in a container alone', () => {
  const unsafe = ({ commands }: Run) => commands.map(line => line.includes('--force-unsafe-io'))
  for (const first of ['bash', 'node', 'tini', 'sleep']) assert.equal(unsafe(run(['ffmpeg'], { first })), [true], first)
  for (const first of ['systemd', 'init', 'openrc-init', 'runit', ''])
    assert.equal(unsafe(run(['ffmpeg'], { first })), [false], first)
})

test.run()
