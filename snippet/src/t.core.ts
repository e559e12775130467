/** Entry of `t.core.js`: the script without plugins, consent platforms and automatic events. */
import { install } from './install.js'

install()
