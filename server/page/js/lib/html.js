/** The one door to preact and htm. */
import htm from '/vendor/htm.js'
import { h } from '/vendor/preact.js'

export { render } from '/vendor/preact.js'
export { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from '/vendor/preact-hooks.js'

export const html = htm.bind(h)
