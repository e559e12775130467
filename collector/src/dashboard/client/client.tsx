/** Entry of the client script. Pages work without it, but for what these functions add. */
import { showBusyForms } from './busy.js'
import { addCopyButtons } from './copy.js'
import { followEvents } from './events.js'
import { reloadOnChange } from './reload.js'
import { addTimesButton } from './times.js'

addTimesButton()
addCopyButtons()
showBusyForms()
followEvents()
reloadOnChange()
