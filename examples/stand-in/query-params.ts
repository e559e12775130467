/** Reads query parameters of the inspector's API. */
import type { Request } from 'express'
import { at } from './json.js'

/** Undefined when missing or empty. */
export const textParam = (request: Request, name: string): string | undefined => {
  const value = at(request.query, name)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** At most `max`; `fallback` when missing or negative. */
export const numberParam = (request: Request, name: string, fallback: number, max: number): number => {
  const value = Number(textParam(request, name) ?? fallback)
  return Number.isFinite(value) && value >= 0 ? Math.min(value, max) : fallback
}

export const eventQuery = (request: Request): { q?: string; pixel?: string; event?: string } => {
  const [q, pixel, event] = [
    textParam(request, 'q'),
    textParam(request, 'pixel'),
    textParam(request, 'event'),
  ]
  return { ...(q && { q }), ...(pixel && { pixel }), ...(event && { event }) }
}
