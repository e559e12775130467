/** Maps names of GA4 and of TikTok's pixel to TikTok's event names. `docs/events.md` shows the same tables. */

/** Finds own entries only: `toString` is none. */
export const lookUp = (table: Record<string, string>, key: unknown): string | undefined =>
  Object.entries(table).find(([name]) => name === key)?.[1]

export const eventNames: Record<string, string> = {
  view_item: 'ViewContent',
  add_to_cart: 'AddToCart',
  add_to_wishlist: 'AddToWishlist',
  begin_checkout: 'InitiateCheckout',
  add_payment_info: 'AddPaymentInfo',
  purchase: 'Purchase',
  search: 'Search',
  sign_up: 'CompleteRegistration',
  generate_lead: 'Lead',
}

export const propertyNames: Record<string, string> = {
  value: 'value',
  currency: 'currency',
  transaction_id: 'order_id',
  search_term: 'search_string',
}

export const contentNames: Record<string, string> = {
  item_id: 'content_id',
  item_name: 'content_name',
  item_category: 'content_category',
  item_brand: 'brand',
  price: 'price',
  quantity: 'quantity',
}

/** Names that the pixel itself treats as another event. */
export const aliases: Record<string, string> = {
  CompletePayment: 'Purchase',
  SubmitForm: 'Lead',
  Checkout: 'PlaceAnOrder',
  Registration: 'CompleteRegistration',
  AddBilling: 'AddPaymentInfo',
  StartCheckout: 'InitiateCheckout',
  ViewForm: 'ViewContent',
  ClickForm: 'ClickButton',
  ClickToDownload: 'Download',
  Consult: 'Contact',
}
