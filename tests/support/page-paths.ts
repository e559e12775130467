// Lists the paths of all pages of the dashboard, such as `/admin/events/:id`.
import { createPages } from '../../collector/src/dashboard/pages/index.js'
import type { PageServices } from '../../collector/src/dashboard/pages/services.js'

/** A page calls none of its services before it is viewed. */
export const pagePaths = createPages({} as PageServices).map(({ path }) => `/admin${path}`)
