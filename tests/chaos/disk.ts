// Knows how a disk of one's own is had for a while: a loop-mounted image or a small tmpfs, taken down at the end.
import { execFileSync } from 'node:child_process'
import { chmodSync, closeSync, mkdirSync, openSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDir } from '../support/temporary.js'

const mounted = new Set<string>()
const run = (command: string, ...argv: string[]) => execFileSync(command, argv, { stdio: 'pipe' })

// Before the folders are removed: what is mounted in them must not be emptied.
process.prependOnceListener('exit', () => {
  for (const dir of mounted) run('umount', '-l', dir)
})

export interface Disk {
  dir: string
  unmount(): void
}

function mount(argv: string[], dir: string): Disk {
  mkdirSync(dir, { recursive: true })
  run('mount', ...argv, dir)
  mounted.add(dir)
  return {
    dir,
    unmount() {
      // A statement that nobody has collected yet may hold a file open.
      run('umount', '-l', dir)
      mounted.delete(dir)
    },
  }
}

export interface Image extends Disk {
  /** What would be on the disk if the power went now, mounted as after the next boot. */
  cut(): Disk
  /** Of the image and the last cut. */
  remove(): void
}

/** An ext4 file system in a file. */
export function mountImage(megabytes: number): Image {
  const dir = temporaryDir()
  // PostgreSQL's user must be able to reach what is mounted inside.
  chmodSync(dir, 0o711)
  const image = join(dir, 'disk.img')
  const copy = join(dir, 'cut.img')
  run('truncate', '-s', `${megabytes}M`, image)
  // No blocks for root alone: what is free is free for PostgreSQL's user too.
  run('mkfs.ext4', '-q', '-m', '0', image)
  return {
    ...mount(['-o', 'loop', image], join(dir, 'live')),
    cut() {
      run('cp', '--sparse=always', image, copy)
      return mount(['-o', 'loop', copy], join(dir, 'after'))
    },
    remove: () => rmSync(dir, { recursive: true }),
  }
}

export const mountTmpfs = (megabytes: number): Disk =>
  mount(['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs'], join(temporaryDir(), 'small'))

/** Takes all space but a few bytes; gives the way to give it back. */
export function fill({ dir }: Disk, leave: number): () => void {
  const path = join(dir, 'ballast')
  const file = openSync(path, 'w')
  const block = Buffer.alloc(4_096, 1)
  try {
    for (;;) writeSync(file, block)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  } finally {
    closeSync(file)
  }
  truncateSync(path, Math.max(0, statSync(path).size - leave))
  return () => rmSync(path)
}

/** Why nothing can be mounted here, or nothing. */
export function mountProblem(): string | undefined {
  try {
    const image = mountImage(4)
    image.unmount()
    image.remove()
    return undefined
  } catch (error) {
    return `no file system can be mounted here: ${String((error as Error).message).split('\n')[1] ?? error}`
  }
}
