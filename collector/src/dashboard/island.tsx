/** The script of the dashboard: local times, copy buttons, live rows. Every page works without it but for these. */

import { tellBusy } from './island/busy.js'
import { addCopyButtons } from './island/copy.js'
import { followEvents } from './island/events.js'
import { reloadOnNews } from './island/reload.js'
import { addTimesButton } from './island/times.js'

addTimesButton()
addCopyButtons()
tellBusy()
followEvents()
reloadOnNews()
