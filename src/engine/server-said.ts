import type { RxGstError } from '../core/errors'

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

/** Codes that end what they are about, whatever level they come with. */
const REFUSAL = /\.(?:Failed|Denied|Rejected|Unauthorized|BadName|Closed|StreamNotFound|UnpublishNotify|Stop|Complete)"/

/** Whether rtmp2 has taken news for a refusal: it ends at every status before Start that it does not know. */
export function isNews({ gst }: Pick<RxGstError, 'gst'>): boolean {
  const [dump] = /'(?:play|publish)' cmd failed: onStatus: \{[^]*/.exec(gst?.text ?? '') ?? []
  return dump !== undefined && /^[^]*?"level":\s*"status"/.test(dump) && !REFUSAL.test(dump)
}
