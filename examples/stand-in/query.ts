/** Knows how the inspector's API reads its query strings. */
import type { Request } from 'express'
import { at } from './json.js'

export const text = (request: Request, name: string): string | undefined => {
  const value = at(request.query, name)
  return typeof value === 'string' && value !== '' ? value : undefined
}

export const number = (request: Request, name: string, fallback: number, most: number): number => {
  const value = Number(text(request, name) ?? fallback)
  return Number.isFinite(value) && value >= 0 ? Math.min(value, most) : fallback
}

export const queryOf = (request: Request): { q?: string; pixel?: string; event?: string } => {
  const [q, pixel, event] = [text(request, 'q'), text(request, 'pixel'), text(request, 'event')]
  return { ...(q && { q }), ...(pixel && { pixel }), ...(event && { event }) }
}
