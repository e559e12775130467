/** Resolves files of `examples/`, from the sources and from the bundle in `examples/dist` alike. */
import { fileURLToPath } from 'node:url'

/** Absolute path of a file or folder below `examples/`. Both this folder and `dist` lie directly in it. */
export const exampleFile = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))
