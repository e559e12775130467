/** Renders a form that performs an action of a page, and what is wrong with it. */
import type { ComponentChildren } from 'preact'
import type { Context } from '../page.js'

export interface ActionFormProps {
  context: Context
  /** Name of the page's action. */
  action: string
  /** Address of another page whose action it is. */
  at?: string
  children: ComponentChildren
  class?: string
  /** Label of the button while the response is pending. */
  busy?: string
}

/** Shows the problem of the form as a whole; each field shows its own. */
export function ActionForm({ context, action, at, children, class: className, busy }: ActionFormProps) {
  return (
    <form method="post" action={at} class={className} data-busy={busy}>
      <input type="hidden" name="csrf" value={context.csrf} />
      <input type="hidden" name="action" value={action} />
      <Problem text={submissionOf(context, action)?.problems['']} />
      {children}
    </form>
  )
}

/** The submission of this form, if it is shown again. */
export const submissionOf = ({ submission }: Context, action: string) =>
  submission?.action === action ? submission : undefined

export const Problem = ({ id, text }: { id?: string; text: string | undefined }) =>
  text === undefined ? null : (
    <p class="problem" id={id} role="alert">
      {text}
    </p>
  )
