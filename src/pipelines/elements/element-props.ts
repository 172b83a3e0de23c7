import type { Elements } from './elements'
import type { GstValue, Props } from '../graph/data'

/**
 * The properties that el() takes for a factory: those of elements.ts where it is known there, under their own name and
 * in camelCase, and any for another. Worked out for the factories that a program names, and for no others.
 */
export type ElementProps<Factory extends string> = [Factory] extends [keyof Elements]
  ? Elements[Factory] & CamelCase<Elements[Factory]> & Children
  : Props

/** The factories that are known, for completion; any other name is one too. */
export type ElementFactory = keyof Elements

/** Properties of children, such as pads: 'sink_0::xpos'. */
type Children = { readonly [child: `${string}::${string}`]: GstValue | undefined }

type CamelCase<Kebab> = { readonly [Key in keyof Kebab as Camel<Key>]?: Kebab[Key] }

/**
 * No camelCase where it would not lead back: behind a dash a digit (pulldown-3-2), or an upper-case letter
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
