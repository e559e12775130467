/** Entry of the script tag that also listens to consent platforms. */
import { install } from './install.js'
import { watchPlatforms } from './platforms/watch.js'

install(watchPlatforms)
