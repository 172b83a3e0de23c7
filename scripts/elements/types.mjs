// The properties of elements as TypeScript interfaces, one a class, standing on one another as the classes do.

const FULL = {
  int: [-(2n ** 31n), 2n ** 31n - 1n],
  uint: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
}

export function elementTypes({ elements, classes, enums }) {
  const names = new Map()
  const declared = new Map()
  for (const [name, { properties }] of classes) {
    const lines = new Map()
    for (const property of properties) {
      const type = typeOf(property, enums, names)
      if (type) lines.set(property.name, `${comment(property)}${key(property.name)}?: ${type}`)
    }
    declared.set(name, lines)
  }
  const shared = shareGroups(declared)
  const out = []
  for (const [name, lines] of shared.groups) out.push(`interface ${name} {`, ...lines.map(line => `  ${line}`), '}')
  for (const [name, row] of classes) {
    const lines = [...declared.get(name).values()].filter(line => !shared.taken.get(name)?.has(line))
    const bases = [...(row.parent ? [row.parent] : []), ...(shared.uses.get(name) ?? [])]
    out.push(
      `interface ${name}${bases.length ? ` extends ${bases.join(', ')}` : ''} {`,
      ...lines.map(line => `  ${line}`),
      '}',
    )
  }
  const kinds = [...names.values()].map(({ name, text }) => `type ${name} = ${text}`)
  const map = elements.map(({ element, class: of }) => `  ${key(element)}: ${of}`)
  return [
    ...kinds,
    ...out,
    '/** Every element of the Debian packages that set-up installs, with its properties. */',
    'export interface Elements {',
    ...map,
    '}',
    '',
  ].join('\n')
}

function typeOf({ type, of, writable, name }, enums, names) {
  if (!writable || name === 'parent') return null
  switch (type) {
    case 'boolean':
    case 'string':
      return type
    case 'int':
    case 'uint':
    case 'float':
    case 'double':
      return 'number'
    case 'int64':
    case 'uint64':
      return 'Long'
    case 'fraction':
      return 'Fraction'
    case 'caps':
    case 'array':
      return 'string'
    case 'enum':
    case 'flags':
      return nicks(type, of, enums, names)
    default:
      // Objects and pointers cannot be said as a value; a GstElement is a part of the graph, not a value.
      return of === 'GstStructure' ? 'string' : null
  }
}

function nicks(type, of, enums, names) {
  if (!names.has(of)) {
    const union =
      [...new Set(enums.get(of))]
        .sort()
        .map(nick => `'${nick.replace(/[\\']/g, '\\$&')}'`)
        .join(' | ') || 'never'
    const name = `Kind${of.replace(/(?:^|[^A-Za-z0-9])([A-Za-z0-9])/g, (_, letter) => letter.toUpperCase())}`
    names.set(of, { name, text: type === 'enum' ? `${union} | number` : `Flags<${union}>` })
  }
  return names.get(of).name
}

/** Range and default, where they say something. */
function comment({ type, min, max, default: value, deprecated }) {
  const words = []
  if (min !== undefined) {
    const [low, high] = FULL[type] ?? []
    const least = low === undefined ? real(min) : BigInt(min) <= low && low < 0n ? '' : String(min)
    const most = high === undefined ? real(max) : BigInt(max) >= high ? '' : String(max)
    if (least && most) words.push(`${least} … ${most}`)
    else if (most) words.push(`at most ${most}`)
    else if (least && low !== 0n) words.push(`at least ${least}`)
  }
  if (value !== undefined && type !== 'string')
    words.push(`default ${typeof value === 'number' ? real(value) || value : value}`)
  if (deprecated) words.push('@deprecated')
  return words.length ? `/** ${words.join('; ').replace('; @', ' @')} */ ` : ''
}

function real(number) {
  if (number === undefined || Math.abs(number) > 1e30) return ''
  return String(Number(number.toPrecision(6)))
}

function key(name) {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`
}

/**
 * The same lines in the same classes become an interface of their own: the hundred encoders of FFmpeg share most of
 * what they have.
 */
function shareGroups(declared) {
  const holders = new Map()
  for (const [name, lines] of declared)
    for (const line of lines.values()) holders.set(line, [...(holders.get(line) ?? []), name])
  const bySet = new Map()
  for (const [line, classes] of holders) {
    if (classes.length < 3) continue
    const id = classes.join(' ')
    bySet.set(id, [...(bySet.get(id) ?? []), line])
  }
  const groups = new Map()
  const uses = new Map()
  const taken = new Map()
  for (const [id, lines] of bySet) {
    if (lines.length < 2) continue
    const classes = id.split(' ')
    const name = `Shared${groups.size + 1}`
    groups.set(name, lines)
    for (const one of classes) {
      uses.set(one, [...(uses.get(one) ?? []), name])
      taken.set(one, new Set([...(taken.get(one) ?? []), ...lines]))
    }
  }
  return { groups, uses, taken }
}
