/** Account: changing the password, which ends all sessions. */

import { ActionForm, Field, ManagedBy } from '../components/elements.js'
import type { Page } from '../page.js'

export const account: Page = {
  path: '/account',
  title: 'Account',
  view(context) {
    if (context.services.password.managedByEnv) {
      return (
        <p>
          The password is <ManagedBy name="TAGFERRY_ADMIN_PASSWORD" />: change it there, and start tagferry
          again.
        </p>
      )
    }
    return (
      <section>
        <h2>Change the password</h2>
        <p>All browsers are logged out with it, this one too.</p>
        <ActionForm context={context} action="change" class="panel">
          <Field
            context={context}
            action="change"
            name="old"
            label="Present password"
            type="password"
            required
          />
          <Field
            context={context}
            action="change"
            name="next"
            label="New password"
            type="password"
            required
          />
          <Field
            context={context}
            action="change"
            name="again"
            label="The same again"
            type="password"
            required
          />
          <button type="submit">Change the password</button>
        </ActionForm>
      </section>
    )
  },
  actions: {
    async change(form, { services }) {
      if (form.text('next') !== form.text('again'))
        return { problems: { again: 'The two passwords are not the same.' } }
      const problems = await services.password.change(form.text('old'), form.text('next'))
      return problems ? { problems } : { said: 'The password was changed.', to: '/admin/login' }
    },
  },
}
