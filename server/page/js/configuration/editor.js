/**
 * A field for YAML. The text that is seen lies under the field, whose own text is transparent: so lines have colours
 * and problems, and the field stays an ordinary one for keyboards, readers of the screen and phones.
 */
import { html, useEffect, useId, useMemo, useRef } from '../lib/html.js'
import { tokensOf } from './yaml-tokens.js'

/** `handle.current.show(problem)` goes to the place of a problem. */
export function Editor({ handle, text, problems, readOnly, onInput, onSave }) {
  const field = useRef(null)
  const id = useId()
  const lines = useMemo(() => text.split('\n'), [text])
  const byLine = useMemo(
    () =>
      Map.groupBy(
        problems.filter(({ line }) => line !== null),
        ({ line }) => line,
      ),
    [problems],
  )
  useEffect(() => {
    handle.current = { show: problem => show(field.current, problem) }
    return () => {
      handle.current = null
    }
  }, [])
  const key = event => {
    if ((event.ctrlKey || event.metaKey) && event.key === 's') {
      event.preventDefault()
      onSave()
    } else if (event.key === 'Enter' && !event.isComposing && !event.altKey && !event.ctrlKey) indent(event)
  }
  return html`<div class="editor panel">
    <div class="editor-scroll">
      <div class="gutter" aria-hidden="true">
        ${lines.map((_, i) => html`<span key=${i} class=${byLine.has(i + 1) ? 'wrong' : ''}>${i + 1}</span>`)}
      </div>
      <div class="sheet">
        <pre aria-hidden="true">${lines.map(
          (line, i) => html`<${Line} key=${i} line=${line}
          problems=${byLine.get(i + 1)} />`,
        )}</pre>
        <textarea
          ref=${field} value=${text} aria-label="Configuration, YAML" aria-describedby=${id}
          aria-invalid=${problems.length > 0} wrap="off" spellcheck="false"
          autocapitalize="none" autocomplete="off" readonly=${readOnly}
          onInput=${event => onInput(event.target.value)} onKeyDown=${key}
        ></textarea>
      </div>
    </div>
    <p id=${id} class="unseen">The Tab key leaves the field. Control and S reviews the change.</p>
  </div>`
}

function Line({ line, problems }) {
  const tokens = useMemo(() => tokensOf(line), [line])
  return html`<span
    class="line ${problems ? 'wrong' : ''}">${tokens.map(([kind, part], i) =>
      kind === ''
        ? part
        : html`<i key=${i}
      class=${kind}>${part}</i>`,
    )}${problems && html`<b class="told">${problems.map(({ message }) => message).join('; ')}</b>`}${'\n'}</span>`
}

/** A new line begins where the one before it began. */
function indent(event) {
  const { value, selectionStart, selectionEnd } = event.target
  const before = value.slice(value.lastIndexOf('\n', selectionStart - 1) + 1, selectionStart)
  const space = /^ */.exec(before)[0]
  if (space === '' || event.target.readOnly) return
  event.preventDefault()
  event.target.setRangeText(`\n${space}`, selectionStart, selectionEnd, 'end')
  event.target.dispatchEvent(new Event('input', { bubbles: true }))
}

function show(field, { line, column }) {
  const starts = field.value.split('\n').slice(0, (line ?? 1) - 1)
  const at = starts.reduce((sum, text) => sum + text.length + 1, 0) + (column ?? 1) - 1
  field.focus()
  field.setSelectionRange(at, at)
  const height = field.clientHeight / field.value.split('\n').length
  const scroll = field.closest('.editor-scroll')
  scroll.scrollTo({ top: ((line ?? 1) - 1) * height - scroll.clientHeight / 3, left: 0 })
}
