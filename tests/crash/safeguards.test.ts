// Checks that the controls of the experiments still have something to remove from the build.
import { expect, it } from 'vitest'
import { missingSafeguards } from '../chaos/build-copy.js'

it('every safeguard of the experiments is in the build', () => expect(missingSafeguards()).toEqual([]))
