/** Resolves files of the stand-in, from the sources and from the bundle in `examples/dist` alike. */
import { fileURLToPath } from 'node:url'

/** Absolute path of a file or folder of the stand-in. Both this folder and `dist` lie directly in `examples/`. */
export const standInFile = (path: string): string =>
  fileURLToPath(new URL(`../stand-in/${path}`, import.meta.url))
