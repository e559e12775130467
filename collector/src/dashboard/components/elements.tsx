/** The pieces that pages are made of: forms, fields, marks, times, empty states. */
import type { ComponentChildren } from 'preact'
import type { EventState } from '../../event.js'
import { type Context, to } from '../page.js'

export interface FormProps {
  context: Context
  /** Which action of the page it does. */
  action: string
  /** Where it is sent; the page itself unless told. */
  at?: string
  children: ComponentChildren
  class?: string
  /** What its button says while the answer is on its way. */
  busy?: string
}

/** A form that changes something; a page says its problems beside the fields, and here what is none's. */
export function ActionForm({ context, action, at, children, class: name, busy }: FormProps) {
  const problem = context.refused?.action === action ? context.refused.problems[''] : undefined
  return (
    <form method="post" action={at} class={name} data-busy={busy}>
      <input type="hidden" name="csrf" value={context.csrf} />
      <input type="hidden" name="action" value={action} />
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {children}
    </form>
  )
}

export interface FieldProps {
  context: Context
  /** The form it stands in. */
  action: string
  name: string
  label: string
  value?: string
  hint?: ComponentChildren
  type?: 'text' | 'password' | 'search'
  placeholder?: string
  required?: boolean
  readonly?: boolean
}

/** A labelled input with its hint and what is wrong with it; a refused value stands in it again, unless secret. */
export function Field(props: FieldProps) {
  const { context, action, name, label, hint, type = 'text', value, ...rest } = props
  const refused = context.refused?.action === action ? context.refused : undefined
  const problem = refused?.problems[name]
  const shown = type === 'password' ? undefined : (refused?.values.text(name) ?? value)
  const id = `${action}-${name}`
  const described = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(' ')
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...rest}
        id={id}
        name={name}
        type={type as 'text'}
        value={shown}
        autocomplete="off"
        spellcheck={false}
        aria-invalid={problem ? 'true' : undefined}
        aria-describedby={described || undefined}
      />
      {problem && (
        <p class="problem" id={`${id}-problem`} role="alert">
          {problem}
        </p>
      )}
      {hint && <small id={`${id}-hint`}>{hint}</small>}
    </div>
  )
}

export function Switch({
  name,
  label,
  on,
  off,
}: {
  name: string
  label: string
  on: boolean
  off?: boolean
}) {
  return (
    <label class="choice">
      {/* biome-ignore lint/a11y/useAriaPropsForRole: a checkbox says by itself whether it is on. */}
      <input type="checkbox" role="switch" name={name} defaultChecked={on} disabled={off} />
      {label}
    </label>
  )
}

export type Tone = 'good' | 'waiting' | 'bad' | 'off' | 'plain'

/** Drawn, as not every font has such signs. */
const icons: Record<Tone, string> = {
  good: 'M2 6.500 5 9.500 10 3',
  waiting: 'M6 2v4l2.500 2M6 .700a5.300 5.300 0 1 0 .010 0',
  bad: 'M2.500 2.500l7 7M9.500 2.500l-7 7',
  off: 'M2 6h8',
  plain: '',
}

export interface BadgeProps {
  tone: Tone
  /** Another icon than the tone's, as the path of a drawing 12 wide and high. */
  sign?: string
  children: ComponentChildren
}

/** A word with an icon: a state is never told by its colour alone. */
export function Badge({ tone, sign, children }: BadgeProps) {
  const drawn = sign ?? icons[tone]
  return (
    <span class={`mark ${tone}`}>
      {drawn && (
        <svg viewBox="0 0 12 12" width="11" height="11" aria-hidden="true">
          <path d={drawn} />
        </svg>
      )}
      {children}
    </span>
  )
}

const states: Record<EventState, { tone: Tone; word: string }> = {
  delivered: { tone: 'good', word: 'Delivered' },
  pending: { tone: 'waiting', word: 'Pending' },
  failed: { tone: 'bad', word: 'Failed' },
  skipped: { tone: 'off', word: 'Skipped' },
}

export const StateBadge = ({ state }: { state: EventState }) => (
  <Badge tone={states[state].tone}>{states[state].word}</Badge>
)

/** An instant for people and machines; the page's script turns it into local time. */
export function Time({ at, hour = false }: { at: number; hour?: boolean }) {
  const iso = new Date(at).toISOString()
  return (
    <time datetime={iso} data-hour={hour || undefined}>
      {`${iso.slice(0, 10)} ${iso.slice(11, hour ? 16 : 19)} UTC`}
    </time>
  )
}

/** Text to be copied; the button appears where scripts run. */
export function Copyable({ text, label }: { text: string; label: string }) {
  return (
    <div class="copyable">
      <pre>
        <code>{text}</code>
      </pre>
      <button type="button" class="plain" data-copy={text} hidden>
        {label}
      </button>
    </div>
  )
}

export const Empty = ({ title, children }: { title: string; children?: ComponentChildren }) => (
  <div class="empty">
    <p>
      <strong>{title}</strong>
    </p>
    {children}
  </div>
)

/** Chooses among domains; nothing where there is one. */
export function DomainPicker({ context, path }: { context: Context; path: string }) {
  const sites = context.services.siteRegistry.sites()
  if (sites.length < 2) return context.site ? <p class="domain">{context.site.domain}</p> : null
  return (
    <form method="get" action={to(path)} class="picker">
      <label for="site">Domain</label>
      <select id="site" name="site">
        {sites.map(({ domain }) => (
          <option key={domain} value={domain} selected={domain === context.site?.domain}>
            {domain}
          </option>
        ))}
      </select>
      <button type="submit" class="plain">
        Show
      </button>
    </form>
  )
}

/** What a page shows that needs a domain while there is none. */
export const NoDomain = () => (
  <Empty title="No domain yet">
    <p>Events are kept for domains that you have added.</p>
    <p>
      <a class="button" href="/admin/domains">
        Add a domain
      </a>
    </p>
  </Empty>
)

/** A place that scrolls by itself where the window is narrow, by keys too. */
export const ScrollArea = ({
  label,
  hidden,
  children,
}: {
  label: string
  hidden?: boolean
  children: ComponentChildren
}) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys (WCAG 2.1.1).
  <section class="scroll" aria-label={label} tabIndex={0} hidden={hidden}>
    {children}
  </section>
)

/** Where a value comes from that cannot be changed here. */
export const ManagedBy = ({ name }: { name: string }) => (
  <small class="set-by">
    set by <code>{name}</code>
  </small>
)
