/** Defines a dashboard page: its address, its view, and the actions of its forms. */
import type { ComponentChildren } from 'preact'
import type { SiteConfig } from '../sites/registry.js'
import type { Form } from './form.js'

/** One request for a page, as its view and its actions see it. */
export interface Context {
  /** All domains, in the order of the domain picker. */
  sites: readonly SiteConfig[]
  /** The selected domain: that of `?site=`, else the first one. */
  site?: SiteConfig
  query: URLSearchParams
  /** Value of `:id` in the path; '' without one. */
  id: string
  /** Unix milliseconds. */
  now: number
  /** Origin of this collector as the owner's browser sees it. */
  origin: string
  /** Address of the owner's browser as the collector sees it. */
  address: string
  csrf: string
  /** Result of an action that is shown this one time only. */
  oneTimeSecret?: string
  /** A submitted form that is shown again with its values. */
  submission?: Submission
}

export interface Submission {
  action: string
  values: Form
  problems: Problems
}

/** Sentences for the owner by field name; '' stands for the form as a whole. */
export type Problems = Record<string, string>

/** What follows an action. */
export type ActionResult =
  /** Redirects, and shows the message on the next page. */
  | { flashMessage: string; to?: string }
  /** Shows the form again with its values and what is wrong with them. */
  | { problems: Problems }
  /** Shows the form again with its values; nothing is wrong with them. */
  | { flashMessage: string; keepForm: true }
  /** Shows the page without a redirect: the secret is stored nowhere, so this is the only response that can have it. */
  | { flashMessage: string; oneTimeSecret: string }

export type Action = (form: Form, context: Context) => Promise<ActionResult>

/** Services come from the function that creates the page; the context holds only the request. */
export interface Page {
  /** Below `/admin`, such as `/connections`; may end in `/:id`. */
  path: string
  title: string
  /** Label in the navigation; absent for a page that other pages link to. */
  nav?: string
  /** Returns undefined where the path names something that does not exist. */
  view(context: Context): Promise<ComponentChildren | undefined> | ComponentChildren | undefined
  /** By the `action` field of the form. */
  actions?: Readonly<Record<string, Action>>
}

/** The address of a page, for a domain. */
export function to(path: string, site?: { domain: string }, more: Record<string, string> = {}): string {
  const query = new URLSearchParams({ ...(site && { site: site.domain }), ...more }).toString()
  return `/admin${path === '/' ? '' : path}${query && `?${query}`}`
}
