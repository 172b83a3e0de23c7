/** The JSON schema of the configuration, for editors: of what people write, before defaults. */
import { z } from 'zod'
import { configSchema } from '../core/schema.js'

export function jsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = z.toJSONSchema(configSchema, { io: 'input', target: 'draft-2020-12' })
  return { $schema, title: 'rxgst serve: configuration', ...schema }
}
