/** Reads and checks the number of the customer who is signed in. */
import { cookieValue } from './cart.js'

export const CUSTOMER_COOKIE = 'customer'

export const isCustomerNumber = (text: string): boolean => /^[A-Z0-9-]{1,20}$/.test(text)

/** The number of the signed-in customer, from the Cookie header. */
export const signedInCustomer = (cookies: string | undefined): string | undefined => {
  const customer = cookieValue(cookies, CUSTOMER_COOKIE)
  return customer && isCustomerNumber(customer) ? customer : undefined
}
