/** Name and password. A one-time link brings a session with it, and never comes here. */
import { ask } from './lib/api.js'
import { html, useEffect, useRef, useState } from './lib/html.js'
import { session } from './lib/session.js'
import { go } from './lib/router.js'

export function Login() {
  const [problem, setProblem] = useState(null)
  const [busy, setBusy] = useState(false)
  const form = useRef(null)
  useEffect(() => {
    document.title = 'Log in · rxgst'
    form.current.elements.namedItem('name').focus()
  }, [])
  const submit = async event => {
    event.preventDefault()
    if (busy) return
    const data = new FormData(form.current)
    setBusy(true)
    setProblem(null)
    try {
      const user = await ask('POST', '/session', { body: { user: data.get('name'), password: data.get('password') } })
      if (location.pathname === '/login') go('/')
      session.begin(user)
    } catch (error) {
      setProblem(error)
      setBusy(false)
      form.current.elements.namedItem('password').select()
    }
  }
  return html`<main class="alone">
    <form ref=${form} class="login" onSubmit=${submit} aria-labelledby="login-title">
      <h1 id="login-title"><img src="/icon.svg" alt="" width="32" height="32" />rxgst</h1>
      <p class="note"
        role="status">${session.expired ? 'Your session has ended. Log in to go on where you were.' : ''}</p>
      <label>Name<input name="name" autocomplete="username" autocapitalize="none" spellcheck="false" required /></label>
      <label>Password<input name="password" type="password" autocomplete="current-password" required /></label>
      <p class="fault"
        role="alert">${
          problem &&
          html`${problem.message}${
            problem.remedy &&
            html`<br
          /><small>${problem.remedy}</small>`
          }`
        }</p>
      <button type="submit" class="main" aria-disabled=${busy}>${busy ? 'Logging in' : 'Log in'}</button>
      <p class="note">
        No user yet? <code>rxgst passwd</code> makes one; where there is none, the start of the server prints a link.
      </p>
    </form>
  </main>`
}
