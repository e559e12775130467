/** Entry of the script tag with everything. */
import { extendWith } from './extend.js'
import { install } from './install.js'

// The build writes `./t.<part>.js` here.
install(extendWith((part) => import(`./plugins/${part}.ts`)))
