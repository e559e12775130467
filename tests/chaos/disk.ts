// Mounts small disks for experiments, as a loop-mounted image or a tmpfs, and unmounts them at the end.
import { execFileSync } from 'node:child_process'
import { chmodSync, closeSync, mkdirSync, openSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDir } from '../support/temporary.js'

const mounted = new Set<string>()
const run = (command: string, ...argv: string[]) => execFileSync(command, argv, { stdio: 'pipe' })

// Runs before the temporary folders are removed, so that mounted files are not deleted.
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
      // A statement that is not garbage-collected yet may hold a file open.
      run('umount', '-l', dir)
      mounted.delete(dir)
    },
  }
}

export interface Image extends Disk {
  /** Mounts a copy of the disk as it would be after a power cut now. */
  cut(): Disk
  /** Removes the image and the last copy. */
  remove(): void
}

/** An ext4 file system in a file. */
export function mountImage(megabytes: number): Image {
  const dir = temporaryDir()
  // PostgreSQL's user must be able to reach the mounted folder.
  chmodSync(dir, 0o711)
  const image = join(dir, 'disk.img')
  const copy = join(dir, 'cut.img')
  run('truncate', '-s', `${megabytes}M`, image)
  // No blocks reserved for root, so that PostgreSQL's user can use all free space.
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

/** Fills the disk except for `leave` bytes. @returns frees the space again */
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

/** Why nothing can be mounted on this machine, or undefined. */
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
