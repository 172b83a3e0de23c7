/** Server-sent events by fetch: unlike EventSource it tells the status of a refusal, and goes on behind an event. */

/** Reads lines into messages: `id`, `event`, `data`. */
export function createParser(onMessage) {
  let rest = ''
  let message = { id: null, event: 'message', data: [] }
  const field = line => {
    const colon = line.indexOf(':')
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (name === 'data') message.data.push(value)
    else if (name === 'id' || name === 'event') message[name] = value
  }
  return text => {
    const lines = (rest + text).split(/\r\n|\n|\r/)
    rest = lines.pop()
    for (const line of lines) {
      if (line !== '') {
        field(line)
        continue
      }
      if (message.data.length > 0) onMessage({ ...message, data: message.data.join('\n') })
      message = { id: null, event: 'message', data: [] }
    }
  }
}

/** Reads a stream to its end. `onBytes` hears of anything that comes, also of comments. */
export async function readEvents(response, onMessage, onBytes) {
  const parse = createParser(onMessage)
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    onBytes()
    parse(value)
  }
}
