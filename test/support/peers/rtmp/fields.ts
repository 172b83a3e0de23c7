/** The object that answers of a server carry. */
export function status(
  level: 'status' | 'error' | 'warning',
  code: string,
  description: string,
): Record<string, string> {
  return { level, code, description }
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}

export function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}
