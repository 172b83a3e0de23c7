/** Where an encoder sends to, for admins: a key is asked for when somebody wants to see it, and not kept. */
import { ask } from '../lib/api.js'
import { html, useState } from '../lib/html.js'
import { may } from '../lib/session.js'

export function SendTo({ channel }) {
  const [streams, setStreams] = useState(null)
  const [problem, setProblem] = useState('')
  const names = channel.config.inputs.filter(input => 'ingest' in input).map(({ ingest }) => ingest)
  if (names.length === 0 || !may('admin')) return null
  const show = async () => {
    setProblem('')
    try {
      setStreams((await ask('GET', '/ingest')).filter(({ name }) => names.includes(name)))
    } catch (error) {
      setProblem(error.message)
    }
  }
  return html`<section class="panel send-to" aria-labelledby="send-title">
    <h2 id="send-title">Send to</h2>
    ${streams?.map(
      ({ name, url, key }) => html`<dl key=${name} data-stream=${name}>
        <div><dt>Server</dt><dd><code>${url}</code></dd></div>
        <div><dt>Stream key</dt><dd><code>${key}</code></dd></div>
      </dl>`,
    )}
    <p class="send-button">
      <button type="button" onClick=${() => (streams ? setStreams(null) : show())}>
        ${streams ? 'Hide the stream key' : 'Show the stream key'}
      </button>
      <span class="fault" role="alert">${problem}</span>
    </p>
  </section>`
}
