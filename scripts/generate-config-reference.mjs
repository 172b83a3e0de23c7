// The generator of the reference in docs/server/configuration.md, from the compiled schema of the configuration.
//
//   node scripts/generate-config-reference.mjs           writes it, between its two marks
//   node scripts/generate-config-reference.mjs --check   exit status 1: the document has another one
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const document = join(root, 'docs/server/configuration.md')
const BEGIN = '<!-- Made by scripts/generate-config-reference.mjs; never edited by hand. -->'
const END = '<!-- end of what was made -->'

const { jsonSchema } = await import(join(root, 'dist/server/src/config/json-schema.js'))

/** Sections: a title, a sentence, and the fields. Filled while fields are told of. */
const sections = []
section('The file', 'configuration', jsonSchema())
const made = sections.map(sectionText).join('\n\n')

const text = readFileSync(document, 'utf8')
const [before, rest] = text.split(BEGIN)
const after = rest?.split(END)[1]
if (after === undefined) throw new Error(`${document} lacks the marks ${BEGIN} and ${END}`)
const wanted = `${before}${BEGIN}\n\n${made}\n\n${END}${after}`
if (process.argv.includes('--check')) {
  if (text !== wanted) {
    console.log(
      'docs/server/configuration.md is not what the schema says; run node scripts/generate-config-reference.mjs',
    )
    process.exit(1)
  }
} else writeFileSync(document, wanted)

function sectionText({ title, description, rows }) {
  const head = '| Field | Value | Default | Meaning |\n|---|---|---|---|'
  const lines = rows.map(
    ({ name, value, fallback, meaning }) => `| \`${name}\` | ${value} | ${fallback} | ${meaning} |`,
  )
  return `### ${title}\n\n${description ? `${description}.\n\n` : ''}${[head, ...lines].join('\n')}`
}

/** `path`: names of the fields above, for the titles of sections below. Gives the title of the one that tells of it. */
function section(title, path, schema) {
  const content = JSON.stringify(schema.properties)
  const known = sections.find(one => one.content === content)
  if (known) return known.title
  const made = { title, content, description: schema.description?.split(/ ?Default: /)[0].replace(/\.$/, ''), rows: [] }
  sections.push(made)
  const required = schema.required ?? []
  for (const [name, field] of Object.entries(schema.properties)) {
    const [meaning, told] = (field.description ?? '').split(/ ?Default: /)
    made.rows.push({
      name,
      value: cell(wordsOf(field, path === 'configuration' ? name : `${path}.${name}`)),
      fallback: cell(fallbackOf(field, required.includes(name), told)),
      meaning: cell(meaning.replace(/\.$/, '')),
    })
  }
  return title
}

function cell(text) {
  return text.replaceAll('|', '\\|')
}

function fallbackOf({ default: value }, required, told) {
  if (told) return told
  if (required) return '*must be given*'
  if (value === undefined || (typeof value === 'object' && Object.keys(value).length === 0)) return 'none'
  return `\`${Array.isArray(value) ? value.join(', ') : String(value)}\``
}

/** What may stand there, in words. Fields of objects get a section of their own. */
function wordsOf(field, path) {
  if (field.title) return field.title
  const choices = field.anyOf ?? field.oneOf
  if (choices) {
    const objects = choices.filter(isObject)
    const others = choices.filter(one => !isObject(one)).map(one => wordsOf(one, path))
    const links = objects.map(one => link(section(titleOf(path, one, objects.length > 1), path, one)))
    return [...new Set([...others, ...(links.length > 0 ? [links.join(', ')] : [])])].join(' or ')
  }
  if (field.enum) return field.enum.map(one => `\`${one}\``).join(', ')
  if (field.const !== undefined) return `\`${field.const}\``
  switch (field.type) {
    case 'object':
      if (field.properties) return link(section(`\`${path}\``, path, field))
      if (!field.additionalProperties?.properties && !field.additionalProperties?.anyOf) return 'fields'
      return `name: ${wordsOf(field.additionalProperties, `${path}.NAME`)}`
    case 'array':
      return `list of ${wordsOf(field.items, `${path}[]`)}`
    case 'boolean':
      return '`true`, `false`'
    case 'string':
      return 'text'
    case 'integer':
    case 'number':
      return rangeOf(field)
    default:
      return 'any'
  }
}

function rangeOf({ type, minimum, maximum, multipleOf }) {
  const noun = multipleOf === 2 ? 'even number' : type === 'integer' ? 'whole number' : 'number'
  const bounded = Number.isSafeInteger(maximum) && maximum < Number.MAX_SAFE_INTEGER
  return bounded ? `${noun}, ${minimum} to ${maximum}` : noun
}

function isObject({ type, properties }) {
  return type === 'object' && properties !== undefined
}

/** Of several alternatives each is called by what only it has. */
function titleOf(path, { properties, required = [] }, several) {
  if (!several) return `\`${path}\``
  const kind = properties.type?.const
  return kind ? `\`${path}\` with \`type: ${kind}\`` : `\`${path}\` with \`${required[0]}\``
}

/** Of several alternatives the link says what each is called by. */
function link(title) {
  const anchor = title
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
  return `[${title.includes(' with ') ? title.replace(/^.* with /, '') : 'fields'}](#${anchor})`
}
