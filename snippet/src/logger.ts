/**
 * What became of each event: told to the page's listeners and, in debug mode, to the console.
 * Nothing that goes wrong in what is attempted here reaches the page.
 */
import type { Tagferry } from './api.js'
import { settings } from './settings.js'

type Listener = Parameters<Tagferry['on']>[1]

const listeners: [news: string, listener: Listener][] = []

export const log = (...words: unknown[]) => {
  if (settings.debug) console.info('tagferry', ...words)
}

export const attempt = <Result>(run: () => Result): Result | undefined => {
  try {
    return run()
  } catch (error) {
    log(error)
  }
}

export const listen = (...wish: [news: string, listener: Listener]) => {
  listeners.push(wish)
}

export const tell = (news: string, ...about: Partial<Parameters<Listener>>) => {
  log(news, ...about)
  for (const [wanted, listener] of listeners)
    if (wanted === news) attempt(() => listener(...(about as Parameters<Listener>)))
}
