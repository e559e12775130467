/**
 * The one list of words for people, their data and secrets, in several languages. The patterns are for keys in snake
 * case without accents: `telephone` is also `Téléphone`, and `strasse` is also `Straße`.
 */

/** Persons. A text under such a key is a name, unless it is an id or a kind of person. */
const parties =
  'attendee|client|contact|customer|guest|holder|member|owner|passenger|patient|person|shopper|student|subscriber|user' +
  '|travell?er|visitor|kunden?|gast|cliente|klant'

/** Parties of an order or a form. A text under such a key is always a name. */
const roles =
  'addressee|applicant|beneficiary|buyer|(card|account)_?holder|consignee|payer|purchaser|receiver|recipient' +
  '|empfa(e?)nger|ka(e?)ufer|besteller|ansprechpartner|destinataire|acheteur|destinatario|comprador'

/** Occasions for which shops ask for a person. */
const occasions =
  'bill|billing|bill_?to|delivery|donor|employee|lead|sender|ship|shipping|ship_?to|sold_?to|your|ihre?' +
  '|rechnungs?|liefer(ungs?)?|versand|livraison|facturation|envio|facturacion'

const person = `(${parties}|${roles}|${occasions})s?`
const name = '(names?|nom|nombre|nome|naam)'
const number = '(num(ber|mer)?s?|nos?|nrs?|numeros?)'
const phone = `(((cell|mobile|tele)_?)?phone|cell|mobile|mobiltelefon|mobil|tel|telefo?on|telefon[eo]?|handy|movil|celular|cellulare|tlf|fax|msisdn|whats_?app)`
const email = '((e_?)?mail|correo(_electronico)?|courriel|e_?post)'
const address = '(address(es)?|adress(es?|en)?|anschrift|direccion(es)?|indirizzo|endereco|adres|domicilio)'
const line = '(_?(lines?|index|zeile|ligne|linea|zusatz))?'
const of = '(_(de|del|du|di|do))?(_(la|le))?'

const anyOf = (...patterns: string[]) => new RegExp(patterns.join('|'))

/** Personal data with a field in `user`. `name` alone is not: products have names. */
export const userKeys = anyOf(
  // email, customer_phone, mobile_number, but not is_mobile
  `(^|_)(?<!(^|_)(is|has)_)(${person}_?)?(${email}|${phone})s?(_?(${address}|${number}))?$`,
  `(^|_)(contact|kontakt|ruf)_?${number}$|^numero${of}_(telephone|portable|telefono?)$`,
  // buyer_name, billing_last_name, surname, but not product_name
  `(^|_)(${person}|first|given|last|maiden|middle|(card|cc)_?(owner|holder))_?${name}$`,
  `(^|_)(surname|forename|nickname|[fl]_?name)s?$`,
  // full_name, family_name, but not product_full_name
  `(^|_)(?<!(^|_)(brand|category|collection|content|file|font|item|page|product)_)(full|family)_?names?$`,
  '(^|_)(vor|nach|familien)_?namen?$|(^|_)(pre_?nom|cognome|sobrenome|apellidos?|voornaam|achternaam|imie|nazwisko|fornavn|fornamn|etternavn|efternamn|efternavn)$',
  `^nom_de_famille$|(^|_)name_on_card$|^(nom|nombre|nome)${of}_(client|cliente|destinataire|destinatario)$|^nom_complet$|^nombre_completo$`,
  // zip_code, billing_postcode, but not zip_file
  `^(${person}_)?((zip|postal|post|pin)_?codes?|zip|plz|postleitzahl|code_postal|codigo_postal|cep)$`,
  // browser_ip, x_forwarded_for, but not ship or zip
  '(^|_)ip(_?v)?(_?addr(ess(es)?)?)?$|(^|_)forwarded_for$|^remote_?(addr|host)$',
  '(^|_)user_?agents?$|^(browser_)?ua$',
  // The same in other scripts.
  '^(имя|фамилия|телефон|почта|お?名前|氏名|姓名|電話(番号)?|电话|手机|手机号|邮箱|이름|전화(번호)?)$',
)

/** Personal data without a field in `user`. */
export const privateKeys = anyOf(
  // address, shipping_address_1, street, but not page_address
  `^${address}${line}$`,
  `(^|_)(${person}|current|default|home|invoice|ip|mailing|postal|primary|residential|street|work)_?${address}${line}$`,
  `^${address}${of}_(livraison|facturation|envio|facturacion|client|cliente)$`,
  `(^|_)(street|strassen?|straat)(_?(${name}|${number}|lines?))?$|^(rue|calle|rua)$|(^|_)h(ou|au)se?_?${number}$`,
  `^(${roles}|(card|cc)_?owner|contact_?person)s?$`,
  '(^|_)(date_of_birth|birth(_?(date|day|year))?|dob|geburts_?(datum|tag|jahr)|geboorte_?datum)$',
  `^(date|fecha|data)${of}_(naissance|nacimiento|nascita|nascimento)$`,
  '^(адрес|住所|地址|주소)$',
)

/** Secrets and numbers of documents, which no vendor may have. */
export const secretKeys = anyOf(
  '(^|_)(ssn|social_security|passport|national_id|personal_id|driv(er|ing)_?licen[cs]e|dni|cpf|cnpj|codice_fiscale|iban|bank_account)(_?(no|nr|numbers?|id))?$',
  '(^|_)(tax_?payer|tax|vat)_?(ids?|no|nr|numbers?)$|(^|_)(tax_?vat|ust_?id(_?nr)?|steuer_?nummer)$',
  `(^|_)(cards?|cc|account|konto|karten|routing)_?${number}$|(^|_)kreditkarten_?nummer$|^ccnum$|^((card|account)_)?pan$`,
  '(^|_)(cvv|cvc|cvn|csc|(security|protect|verification|access|reset|login)_?code|card_verification(_value)?)$',
  // order_key opens an order, reset_token an account.
  '(^|_)(password|passwd|pwd|passphrase|secret|token|jwt|credential|signature|session_?id|(access|activation|api|encryption|order|private|reset|rp|secure|security)_?key)s?$',
)

/** Objects that describe a person: `customer`, `shipping_address`, `billing_details`. */
const details = '(_?(data|details?|infos?|information|person|profile))?'
export const personObjects = anyOf(
  `^${person}${details}$`,
  '^(account|identity|people|profile|trait|personal)s?(_?(data|details?|infos?|information))?$',
)

/** Texts under these keys are names, unless they are ids. */
export const partyTexts = anyOf(`^(${parties})s?${details}$`)

/** `name` in other languages: of a person, unless it stands in one of `goods`. */
export const foreignName = /^(nom|nombre|nome|naam)$/
export const goods =
  /(^|_)(contents?|items?|lines?|products?|produits?|articles?|artikel|productos?|prodott[oi]|produtos?|brand|marque|category|categorie|categoria|coupon|promotion|campaign|list|shop|store)$/

/** Objects whose `name` is a person's, though they describe none. */
export const named = /^((credit|debit|payment)_?)?cards?$|^(full_?)?names?$/
