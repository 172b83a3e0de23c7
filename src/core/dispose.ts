/**
 * Adds the two symbols for `using` and `await using` to Node 20.0 to 20.3; later versions have them. Import this file,
 * for its side effect, before the first class with a `[Symbol.dispose]` method.
 */
for (const name of ['dispose', 'asyncDispose'] as const) {
  if (typeof Symbol[name] === 'symbol') continue
  Object.defineProperty(Symbol, name, { value: Symbol(`nodejs.${name}`) })
}

export {}
