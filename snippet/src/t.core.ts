/** Entry of the script tag. */
import { install } from './install.js'

install()
