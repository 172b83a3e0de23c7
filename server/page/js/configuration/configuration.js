/** The YAML file: checked as it is typed, and applied after its plan was read. */
import { html, useEffect, useRef, useState } from '../lib/html.js'
import { events } from '../lib/live.js'
import { may } from '../lib/session.js'
import { useStore } from '../lib/store.js'
import { plural } from '../lib/words.js'
import { check, draft, load, showServers } from './draft.js'
import { Editor } from './editor.js'
import { PlanDialog } from './plan.js'

/** A pause in typing, after which the text is checked. */
const CHECK_MS = 400

export function Configuration() {
  if (!may('admin'))
    return html`<h1 class="unseen">Configuration</h1><p class="empty">The configuration is for admins.</p>`
  return html`<${Text} />`
}

function Text() {
  const { server, text, problems, checking, fault, foreign, done } = useStore(draft)
  const [plan, setPlan] = useState(false)
  const editor = useRef(null)
  const latest = useStore(events).find(({ type }) => type.startsWith('config'))?.id
  // Others may change the file: a look when this view begins, and at each event about it.
  useEffect(() => void load(), [latest])
  useEffect(() => {
    if (text === null) return
    const timer = setTimeout(check, CHECK_MS)
    return () => clearTimeout(timer)
  }, [text])
  useEffect(() => {
    const guard = event => isChanged(draft.get()) && event.preventDefault()
    addEventListener('beforeunload', guard)
    return () => removeEventListener('beforeunload', guard)
  }, [])
  if (server === null)
    return html`<h1 class="unseen">Configuration</h1><p class="empty"
      role="status">${fault ? `${fault.message} ${fault.remedy}` : 'Loading the configuration'}</p>`
  const changed = isChanged({ server, text })
  const locked = server.readOnly || server.text === null
  const good = changed && !locked && !checking && problems.length === 0
  return html`
    <div class="config-head">
      <div>
        <h1>Configuration</h1>
        <p class="note cut"
          title=${server.file}>
          ${server.file ?? 'The server runs without a file'}${locked && ': it can only be read here'}
        </p>
      </div>
      <div class="actions">
        <button type="button" aria-disabled=${!changed} onClick=${() => changed && showServers()}>Discard</button>
        <button type="button" class="main" aria-disabled=${!good}
          onClick=${() => good && setPlan(true)}>Review and apply</button>
      </div>
    </div>
    ${foreign && html`<${Conflict} />`}
    ${server.problems.length > 0 && html`<${OnDisk} problems=${server.problems} />`}
    <div class="config">
      <${Editor}
        handle=${editor} text=${text} problems=${problems} readOnly=${locked}
        onInput=${next => draft.set({ ...draft.get(), text: next, checking: true, done: '' })}
        onSave=${() => good && setPlan(true)}
      />
      <section class="panel problems" aria-labelledby="problems-title">
        <h2 id="problems-title">Problems</h2>
        <p role="status"
          class="note">
          ${fault ? `${fault.message} ${fault.remedy}` : verdict({ checking, problems, changed, done })}
        </p>
        <ul>
          ${problems.map(
            problem => html`<li key=${`${problem.line} ${problem.path} ${problem.message}`}>
              <button type="button" class="problem" onClick=${() => editor.current?.show(problem)}>
                <b>${problem.line === null ? 'No line' : `Line ${problem.line}`}</b><span>${problem.message}</span>
                <code>${problem.path}</code>
              </button>
            </li>`,
          )}
        </ul>
      </section>
    </div>
    ${plan && html`<${PlanDialog} onClose=${() => setPlan(false)} />`}
  `
}

export const isChanged = ({ server, text }) => server !== null && text !== (server.text ?? '')

function verdict({ checking, problems, changed, done }) {
  if (checking) return 'Checking'
  if (problems.length > 0) return `${plural(problems.length, 'problem')}: nothing is applied until the text is valid.`
  return done || (changed ? 'Valid. Nothing is applied yet.' : 'Valid, and applied.')
}

/** Somebody else has changed what the text began with. */
function Conflict() {
  return html`<div class="conflict" role="alert">
    <p><b>The configuration on the server has changed</b> since you began. Your text is not applied, and not lost.</p>
    <div class="actions">
      <button type="button" onClick=${() => showServers()}>Show the server’s text, discard mine</button>
      <button type="button" onClick=${() => draft.set({ ...draft.get(), server: draft.get().foreign, foreign: null })}>
        Keep mine, and review it against the server’s
      </button>
    </div>
  </div>`
}

/** The file is not valid as it lies there: the configuration before it runs on. */
function OnDisk({ problems }) {
  return html`<div class="conflict" role="alert">
    <p><b>The file is not valid</b>, and the configuration before it runs on.</p>
    <ul>${problems.map(
      ({ line, message }) => html`<li
      key=${`${line} ${message}`}>${line !== null && `Line ${line}: `}${message}</li>`,
    )}</ul>
  </div>`
}
