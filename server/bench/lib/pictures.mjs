// Pictures that a target got, and those that it missed.

/** A coded picture of H.264 in FLV: no header, no sound. */
export const isPicture = ({ type, data }) =>
  type === 'video' && data.length > 5 && (data[0] & 15) === 7 && data[1] === 1

/** Steps between the times of one publication that leave pictures out. */
export function missedPictures(tags, fps) {
  const step = 1000 / fps
  let missed = 0
  let last = null
  for (const tag of tags) {
    if (!isPicture(tag)) continue
    if (last !== null) missed += Math.max(0, Math.round((tag.timestamp - last) / step) - 1)
    last = tag.timestamp
  }
  return missed
}
