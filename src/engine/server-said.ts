/**
 * What a server answered, in a line for people: rtmp2's elements append the whole status object, which says the same
 * thing up to three times, and GLib's numbers. Both are left in the error's `gst`.
 */
export function withoutDump(text: string): string {
  return text
    .replace(/:?\s*\{[^{}]*"code":\s*"([^"\\]{1,80})"[^{}]*\}/, (dump, code: string) => {
      const [, description = ''] = /"description":\s*"([^"\\]*)"/.exec(dump) ?? []
      return description === '' || description === code || text.startsWith(description)
        ? ` (${code})`
        : ` (${code}: ${description})`
    })
    .replace(/\s*\(domain [\w-]+, code \d+\)/, '')
}
