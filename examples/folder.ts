/** Knows where the `examples` folder is, from the sources and from the bundle in `examples/dist` alike. */
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))

/** Absolute path of `examples/`; never depends on the directory the program was started in. */
export const examplesFolder = basename(here) === 'dist' ? dirname(here) : here

/** Absolute path of a file below `examples/`. */
export const exampleFile = (...parts: string[]): string => join(examplesFolder, ...parts)
