/** Account: changes the password, which ends all sessions. */
import type { Auth } from '../auth/auth.js'
import { ActionForm } from '../components/action-form.js'
import { Field } from '../components/form-fields.js'
import { ManagedBy } from '../components/managed-by.js'
import type { Form } from '../form.js'
import type { ActionResult, Context, Page } from '../page.js'

export interface AccountDeps {
  password: Pick<Auth, 'managedByEnv' | 'changePassword'>
}

export const createAccountPage = ({ password }: AccountDeps): Page => ({
  path: '/account',
  title: 'Account',
  view: (context) => (password.managedByEnv ? <PasswordOfEnv /> : <PasswordForm context={context} />),
  actions: {
    change: (form) => changePassword(password, form),
  },
})

const PasswordOfEnv = () => (
  <p>
    The password is <ManagedBy name="TAGFERRY_ADMIN_PASSWORD" />: change it there, and start tagferry again.
  </p>
)

const PasswordForm = ({ context }: { context: Context }) => (
  <section>
    <h2>Change the password</h2>
    <p>All browsers are logged out with it, this one too.</p>
    <ActionForm context={context} action="change" class="panel">
      <PasswordField context={context} name="old" label="Present password" />
      <PasswordField context={context} name="next" label="New password" />
      <PasswordField context={context} name="again" label="Confirm password" />
      <button type="submit">Change the password</button>
    </ActionForm>
  </section>
)

const PasswordField = (props: { context: Context; name: string; label: string }) => (
  <Field {...props} action="change" type="password" required />
)

async function changePassword(password: AccountDeps['password'], form: Form): Promise<ActionResult> {
  const next = form.text('next')
  if (next !== form.text('again')) return { problems: { again: 'The two passwords are not the same.' } }
  const problems = await password.changePassword(form.text('old'), next)
  return problems ? { problems } : { flashMessage: 'The password was changed.', to: '/admin/login' }
}
