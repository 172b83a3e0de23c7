/** Whether anybody sees something: what nobody sees is not fetched. */
import { useEffect, useState } from './html.js'

export const pageVisible = () => document.visibilityState === 'visible'

/** Whether the page is shown and a part of the element is in view. */
export function useVisible(ref) {
  const [visible, setVisible] = useState(false)
  useEffect(() => {
    let inView = false
    const look = () => setVisible(inView && pageVisible())
    const observer = new IntersectionObserver(entries => {
      inView = entries.at(-1).isIntersecting
      look()
    })
    observer.observe(ref.current)
    document.addEventListener('visibilitychange', look)
    return () => {
      observer.disconnect()
      document.removeEventListener('visibilitychange', look)
    }
  }, [ref])
  return visible
}

/** Whether a media query holds. */
export function useMedia(query) {
  const [holds, setHolds] = useState(() => matchMedia(query).matches)
  useEffect(() => {
    const media = matchMedia(query)
    const look = () => setHolds(media.matches)
    media.addEventListener('change', look)
    return () => media.removeEventListener('change', look)
  }, [query])
  return holds
}
