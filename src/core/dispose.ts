/**
 * Gives Node 20.0 to 20.3 the two symbols behind `using` and `await using`; later versions have them and keep theirs.
 * Import it, for its side effect, before the first class with a `[Symbol.dispose]` method.
 */
for (const name of ['dispose', 'asyncDispose'] as const) {
  if (typeof Symbol[name] === 'symbol') continue
  Object.defineProperty(Symbol, name, { value: Symbol(`nodejs.${name}`) })
}

export {}
