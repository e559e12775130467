/** The script of the dashboard: local times, copy buttons, live rows. Every page works without it but for these. */

import { tellBusy } from './busy.js'
import { addCopyButtons } from './copy.js'
import { followEvents } from './events.js'
import { reloadOnNews } from './reload.js'
import { addTimesButton } from './times.js'

addTimesButton()
addCopyButtons()
tellBusy()
followEvents()
reloadOnNews()
