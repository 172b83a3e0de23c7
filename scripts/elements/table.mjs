// What is known of elements at run time: their packages, which of them begin or end a row, the properties that are
// no values, and the elements behind URIs.

/** They are in plugins-bad everywhere, and register where the hardware and its driver are. */
const HARDWARE = {
  'gstreamer1.0-plugins-bad': {
    "and NVIDIA's driver":
      'cudaconvert cudadownload cudascale cudaupload nvav1dec nvh264dec nvh264enc nvh264sldec ' +
      'nvh265dec nvh265enc nvh265sldec nvjpegdec nvjpegenc nvvp8dec nvvp9dec',
    'and a VA driver such as intel-media-va-driver or mesa-va-drivers':
      'vaav1dec vacompositor vadeinterlace vah264dec vah264enc vah264lpenc vah265dec vah265enc ' +
      'vah265lpenc vajpegdec vampeg2dec vapostproc vavp8dec vavp9dec',
  },
}

export function elementTable({ elements, classes }, debian) {
  const packages = new Map()
  const put = (name, list) => packages.set(name, [...new Set([...(packages.get(name) ?? []), ...list])].sort())
  for (const { element, package: name } of elements) put(name, [element])
  const known = new Set(elements.map(({ element }) => element))
  for (const [name, list] of debian)
    put(
      name,
      list.filter(element => !known.has(element)),
    )
  const starts = elements.filter(({ sink }) => sink === 0).map(({ element }) => element)
  const ends = elements.filter(({ src }) => src === 0).map(({ element }) => element)
  const caps = new Set()
  const notCaps = new Set()
  for (const { properties } of classes.values())
    for (const { name, type, writable } of properties) if (writable) (type === 'caps' ? caps : notCaps).add(name)
  return [
    '/** Debian package → its elements, also of packages that set-up does not install. */',
    'export const PACKAGES: Readonly<Record<string, string>> = {',
    ...[...packages]
      .filter(([, list]) => list.length > 0)
      .sort()
      .map(([name, list]) => `  '${name}':\n${words(list, 4)},`),
    '}',
    '',
    '/** Elements of hardware, which register only where it is: package → what else they need → elements. */',
    'export const HARDWARE: Readonly<Record<string, Readonly<Record<string, string>>>> = {',
    ...Object.entries(HARDWARE).map(([name, needs]) =>
      [
        `  '${name}': {`,
        ...Object.entries(needs).map(([need, list]) => `    ${JSON.stringify(need)}:\n${words(list.split(' '), 6)},`),
        '  },',
      ].join('\n'),
    ),
    '}',
    '',
    '/** Elements that nothing can be linked to. */',
    `export const STARTS =\n${words(starts, 2)}`,
    '',
    '/** Elements that can be linked to nothing. */',
    `export const ENDS =\n${words(ends, 2)}`,
    '',
    '/** Properties that hold caps, in whichever element. */',
    `export const CAPS_PROPERTIES =\n${words([...caps].filter(name => !notCaps.has(name)).sort(), 2)}`,
    '',
    '/** Properties that hold an element, which gst-launch would make from text: no value is one. */',
    `export const ELEMENT_PROPERTIES =\n${words(elementProperties(elements, classes), 2)}`,
    '',
    '/** Scheme → element and the property that holds its URI, for `uri ! …`. */',
    `export const URI_SOURCES = '${uris(elements, 'source')}'`,
    `export const URI_SINKS = '${uris(elements, 'sink')}'`,
    '',
  ].join('\n')
}

/** One string in lines of 120: as an array it would be twice the size. */
function words(list, indent) {
  const lines = ['']
  for (const word of list) {
    const last = lines.at(-1)
    if (last.length + word.length + indent > 110) lines.push(word)
    else lines[lines.length - 1] = last ? `${last} ${word}` : word
  }
  return lines.map((line, at) => `${' '.repeat(indent)}'${line}${at < lines.length - 1 ? ' ' : ''}'`).join(' +\n')
}

function elementProperties(elements, classes) {
  const found = []
  for (const { element, class: of } of elements) {
    for (let row = classes.get(of); row; row = classes.get(row.parent)) {
      for (const { name, type, writable } of row.properties)
        if (type === 'element' && writable) found.push(`${element}.${name}`)
    }
  }
  return [...new Set(found)].sort()
}

/** As gst_element_make_from_uri() chooses: the highest rank, then the first name. */
function uris(elements, type) {
  const best = new Map()
  for (const { element, rank, uri } of elements) {
    if (uri?.type !== type || !uri.property) continue
    for (const protocol of uri.protocols) {
      const other = best.get(protocol)
      if (!other || rank > other.rank) best.set(protocol, { element, rank, property: uri.property })
    }
  }
  return [...best]
    .sort()
    .map(([protocol, { element, property }]) => `${protocol}:${element}.${property}`)
    .join(' ')
}
