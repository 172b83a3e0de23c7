import { App } from './app.js'
import { html, render } from './lib/html.js'
import { startRouter } from './lib/router.js'

startRouter()
render(html`<${App} />`, document.getElementById('page'))
