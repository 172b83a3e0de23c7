/**
 * A server's answer in one readable line, without the status object that rtmp2's elements append, which repeats it up
 * to three times, and without GLib's numbers. The error's `gst` keeps both.
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
