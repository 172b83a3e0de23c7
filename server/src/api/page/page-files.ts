/** What the browser gets: the page, the modules of others that it uses, and the page of the API. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Files, filesOf, type Source } from './files.js'

const require = createRequire(import.meta.url)

/** A browser finds no packages by name, and an import map would be a script in the page, which the policy refuses. */
const withPaths = (text: string): string =>
  text.replaceAll(/(\bfrom\s*|\bimport\s*)(["'])preact\2/g, '$1$2/vendor/preact.js$2')

const inPackage = (name: string, path: string): string => join(packageFolder(name), path)

/** The folder of an installed package; a package need not export its package.json. */
function packageFolder(name: string): string {
  for (const folder of require.resolve.paths(name) ?? []) {
    if (existsSync(join(folder, name, 'package.json'))) return join(folder, name)
  }
  throw new Error(`the package ${name} is not installed`)
}

const vendor = (): Map<string, Source> =>
  new Map<string, Source>([
    ['/vendor/preact.js', { path: inPackage('preact', 'dist/preact.mjs'), change: withPaths }],
    ['/vendor/preact-hooks.js', { path: inPackage('preact', 'hooks/dist/hooks.mjs'), change: withPaths }],
    ['/vendor/htm.js', { path: inPackage('htm', 'dist/htm.module.js') }],
    ['/vendor/uplot.js', { path: inPackage('uplot', 'dist/uPlot.esm.js') }],
    ['/vendor/uplot.css', { path: inPackage('uplot', 'dist/uPlot.min.css') }],
    // No module: a script that sets window.mpegts.
    ['/vendor/mpegts.js', { path: inPackage('mpegts.js', 'dist/mpegts.js') }],
    ['/api/swagger-ui.js', { path: inPackage('swagger-ui-dist', 'swagger-ui-bundle.js') }],
    ['/api/swagger-ui.css', { path: inPackage('swagger-ui-dist', 'swagger-ui.css') }],
  ])

/** The nearest folder `name` above the code: in the package it stands beside dist, in the repository in server/. */
function folderAbove(name: string): string | null {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    for (const candidate of [join(folder, name), join(folder, 'server', name)]) {
      if (existsSync(join(candidate, 'index.html'))) return candidate
    }
  }
  return null
}

/** @param folder of the page; without it that of the package */
export function pageFiles(folder: string | null = folderAbove('page')): Files {
  const page = folder === null ? new Map<string, Source>() : filesOf(folder)
  const index = page.get('/index.html')
  if (index) page.set('/', index)
  return new Files(new Map([...page, ...vendor()]))
}
