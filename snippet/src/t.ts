/** Entry of `t.js`: the full script. */
import { createExtension } from './extend.js'
import { install } from './install.js'

// The build replaces this path with `./t.<name>.js`.
install(createExtension((name) => import(`./plugins/${name}.ts`)))
