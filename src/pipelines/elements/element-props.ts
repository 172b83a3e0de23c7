import type { Elements } from './elements'
import type { GstValue, Props } from '../graph/data'

/**
 * The properties that el() accepts for a factory: for a factory of elements.ts its own ones, also in camelCase; for
 * another factory any. TypeScript computes them only for factories that a program names.
 */
export type ElementProps<Factory extends string> = [Factory] extends [keyof Elements]
  ? Elements[Factory] & CamelCase<Elements[Factory]> & Children
  : Props

/** The known factories, for completion; any other name is accepted too. */
export type ElementFactory = keyof Elements

/** Properties of children such as pads: 'sink_0::xpos'. */
type Children = { readonly [child: `${string}::${string}`]: GstValue | undefined }

type CamelCase<Kebab> = { readonly [Key in keyof Kebab as Camel<Key>]?: Kebab[Key] }

/**
 * No camelCase if it could not be converted back: a digit after a dash (pulldown-3-2), or an upper-case letter
 * (threshold-dB).
 */
type Camel<Key> = Key extends `${string}-${infer Tail}`
  ? Key extends Lowercase<Key>
    ? Tail extends `${number}${string}` | `${string}-${number}${string}`
      ? never
      : Joined<Key>
    : never
  : never

type Joined<Key extends string> = Key extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<Joined<Tail>>}` : Key
