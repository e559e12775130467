/** Renders the public pages: log-in, set-up and messages. They reveal nothing of the collector's data. */
import type { ComponentChildren } from 'preact'
import { renderDocument } from '../components/document.js'

const Card = ({ title, children }: { title: string; children: ComponentChildren }) => (
  <main class="public container">
    <p class="brand">
      <img src="/admin/static/icon.svg" alt="" width="28" height="28" /> tagferry
    </p>
    <article>
      <h1>{title}</h1>
      {children}
    </article>
  </main>
)

const Problem = ({ text }: { text: string | undefined }) =>
  text === undefined ? null : (
    <p class="problem" role="alert" id="problem">
      {text}
    </p>
  )

const problemAttributes = (problem: string | undefined) =>
  problem === undefined ? {} : ({ 'aria-invalid': 'true', 'aria-describedby': 'problem' } as const)

export function loginPage({ needsSetUp, problem }: { needsSetUp: boolean; problem?: string }): string {
  return renderDocument({
    title: 'Log in',
    children: (
      <Card title="Log in">
        {needsSetUp && (
          <p>
            No password has been set yet: open the set-up link that tagferry printed when it started, or set
            TAGFERRY_ADMIN_PASSWORD and start it again.
          </p>
        )}
        <form method="post" action="/admin/login">
          <Problem text={problem} />
          <label>
            Password
            <input
              type="password"
              name="password"
              autocomplete="current-password"
              required
              autofocus
              {...problemAttributes(problem)}
            />
          </label>
          <button type="submit">Log in</button>
        </form>
      </Card>
    ),
  })
}

export function setUpPage({ token, problem }: { token: string; problem?: string }): string {
  const invalid = problemAttributes(problem)
  return renderDocument({
    title: 'Set up',
    children: (
      <Card title="Choose a password">
        <p>It opens this dashboard. Four or five words together are long enough and easy to keep in mind.</p>
        <form method="post" action="/admin/setup">
          <Problem text={problem} />
          <input type="hidden" name="token" value={token} />
          <label>
            Password
            <input
              type="password"
              name="password"
              autocomplete="new-password"
              required
              autofocus
              {...invalid}
            />
          </label>
          <label>
            Confirm password
            <input type="password" name="again" autocomplete="new-password" required {...invalid} />
          </label>
          <button type="submit">Save and enter</button>
        </form>
      </Card>
    ),
  })
}

export function messagePage({ title, text }: { title: string; text: string }): string {
  return renderDocument({
    title,
    children: (
      <Card title={title}>
        <p>{text}</p>
        <p>
          <a href="/admin">To the dashboard</a>
        </p>
      </Card>
    ),
  })
}
