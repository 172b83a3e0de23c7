/**
 * The environment of a child. That of the server may hold secrets (`${env:…}` in the configuration), and everyone of
 * this user can read a process's environment: so a child gets what programs and drivers need, and nothing else.
 */
const NAMES: ReadonlySet<string> = new Set([
  'PATH',
  'HOME',
  'USER',
  'LANG',
  'LANGUAGE',
  'TZ',
  'TMPDIR',
  'LD_LIBRARY_PATH',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'NODE_EXTRA_CA_CERTS',
  'RXGST_HARDWARE',
  'CUDA_VISIBLE_DEVICES',
  'NVIDIA_VISIBLE_DEVICES',
  'NVIDIA_DRIVER_CAPABILITIES',
])
const PREFIXES = ['LC_', 'XDG_', 'GST_', 'LIBVA_']

export function childEnvironment(own: NodeJS.ProcessEnv): Record<string, string> {
  const given: Record<string, string> = {}
  for (const [name, value] of Object.entries(own)) {
    if (value === undefined) continue
    if (NAMES.has(name) || PREFIXES.some(prefix => name.startsWith(prefix))) given[name] = value
  }
  return given
}
