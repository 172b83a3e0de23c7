/** A password from the terminal, without an echo and twice; else the first line of the standard input. */
import { StringDecoder } from 'node:string_decoder'
import { Problem } from '../core/problem.js'

const MOST_BYTES = 4096
const ENTER = /[\r\n]/
const END = '\u0004'
const INTERRUPT = '\u0003'
const ERASE = /[\b\u007f]/

export async function askPassword(name: string): Promise<string> {
  if (!process.stdin.isTTY) return firstLine()
  const password = await ask(`Password of ${name}: `)
  if (password === (await ask('Once more: '))) return password
  throw new Problem(400, 'ERR_PASSWORD', 'the two passwords differ', { remedy: 'Type it again.' })
}

async function firstLine(): Promise<string> {
  let text = ''
  process.stdin.setEncoding('utf8')
  for await (const chunk of process.stdin as AsyncIterable<string>) {
    text += chunk
    if (ENTER.test(text) || text.length > MOST_BYTES) break
  }
  return text.split(ENTER)[0]!
}

function ask(question: string): Promise<string> {
  const { stdin, stderr } = process
  const decoder = new StringDecoder('utf8')
  stderr.write(question)
  stdin.setRawMode(true)
  stdin.resume()
  return new Promise((resolve, reject) => {
    let typed = ''
    const end = () => {
      stdin.off('data', onData)
      stdin.setRawMode(false)
      stdin.pause()
      stderr.write('\n')
    }
    const onData = (bytes: Buffer) => {
      for (const letter of decoder.write(bytes)) {
        if (ENTER.test(letter) || letter === END) {
          end()
          return resolve(typed)
        }
        if (letter === INTERRUPT) {
          end()
          return reject(new Problem(400, 'ERR_ABORTED', 'nothing was changed', { remedy: 'Type a password.' }))
        }
        typed = ERASE.test(letter) ? [...typed].slice(0, -1).join('') : typed + letter
      }
    }
    stdin.on('data', onData)
  })
}
