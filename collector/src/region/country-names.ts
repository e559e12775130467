/** Reads the names of countries as shops write them: ISO 3166-1 alpha-3, English names, and common aliases. */

/**
 * Alpha-2, alpha-3, then names in the form of `formOf`, all in lower case. Static, because the names of `Intl` differ
 * between versions of Node. "Congo", "Korea" and "Virgin Islands" are absent: each could be two countries.
 * Source: i18n-iso-countries 7.14.0 (MIT), with further aliases and some names in the country's own language.
 */
const table = (
  'ad and andorra; ae are united arab emirates/uae/emirates; af afg afghanistan; ag atg antigua and barbuda; ' +
  'ai aia anguilla; al alb albania/shqiperia; am arm armenia; ao ago angola; aq ata antarctica; ar arg argentina; ' +
  'as asm american samoa; at aut austria/osterreich/oesterreich; au aus australia; aw abw aruba; ' +
  'ax ala aland islands; az aze azerbaijan; ba bih bosnia and herzegovina; bb brb barbados; bd bgd bangladesh; ' +
  'be bel belgium/belgie/belgique/belgien; bf bfa burkina faso; bg bgr bulgaria; bh bhr bahrain; bi bdi burundi; ' +
  'bj ben benin; bl blm saint barthelemy; bm bmu bermuda; bn brn brunei darussalam/brunei; ' +
  'bo bol bolivia/bolivia plurinational state of/plurinational state of bolivia; ' +
  'bq bes bonaire sint eustatius and saba/caribbean netherlands/bonaire saint eustatius and saba; br bra brazil/brasil; bs bhs bahamas; ' +
  'bt btn bhutan; bv bvt bouvet island; bw bwa botswana; by blr belarus; bz blz belize; ca can canada; ' +
  'cc cck cocos keeling islands; ' +
  'cd cod democratic republic of the congo/dr congo/drc/democratic republic of congo/congo democratic republic of the/congo kinshasa; ' +
  'cf caf central african republic; cg cog republic of the congo/republic of congo/congo brazzaville; ' +
  'ch che switzerland/schweiz/suisse/svizzera; ci civ cote divoire/ivory coast; ck cok cook islands; cl chl chile; ' +
  'cm cmr cameroon; cn chn peoples republic of china/china/prc/mainland china; co col colombia; cr cri costa rica; ' +
  'cu cub cuba; cv cpv cape verde/cabo verde; cw cuw curacao; cx cxr christmas island; cy cyp cyprus; ' +
  'cz cze czech republic/czechia; de deu germany/deutschland/allemagne/federal republic of germany; ' +
  'dj dji djibouti; dk dnk denmark/danmark; dm dma dominica; do dom dominican republic; dz dza algeria; ' +
  'ec ecu ecuador; ee est estonia/eesti; eg egy egypt; eh esh western sahara; er eri eritrea; es esp spain/espana; ' +
  'et eth ethiopia; fi fin finland/suomi; fj fji fiji; fk flk falkland islands malvinas/falkland islands; ' +
  'fm fsm micronesia federated states of/micronesia; fo fro faroe islands; fr fra france/france metropolitan; ' +
  'ga gab gabon; ' +
  'gb gbr united kingdom/uk/great britain/united kingdom of great britain and northern ireland/england/scotland/wales/northern ireland/britain; ' +
  'gd grd grenada; ge geo georgia; gf guf french guiana; gg ggy guernsey; gh gha ghana; gi gib gibraltar; ' +
  'gl grl greenland; gm gmb republic of the gambia/gambia; gn gin guinea; gp glp guadeloupe; ' +
  'gq gnq equatorial guinea; gr grc greece/el/hellas; ' +
  'gs sgs south georgia and the south sandwich islands/south georgia and south sandwich islands/south georgia sandwich islands; gt gtm guatemala; ' +
  'gu gum guam; gw gnb guinea bissau; gy guy guyana; hk hkg hong kong/hong kong sar/hong kong sar china; ' +
  'hm hmd heard island and mcdonald islands/heard and mcdonald islands; hn hnd honduras; hr hrv croatia/hrvatska; ' +
  'ht hti haiti; hu hun hungary/magyarorszag; id idn indonesia; ie irl ireland/republic of ireland/eire; ' +
  'il isr israel; im imn isle of man; in ind india; io iot british indian ocean territory; iq irq iraq; ' +
  'ir irn islamic republic of iran/iran/iran islamic republic of; is isl iceland; it ita italy/italia; ' +
  'je jey jersey; jm jam jamaica; jo jor jordan; jp jpn japan; ke ken kenya; kg kgz kyrgyzstan; kh khm cambodia; ' +
  'ki kir kiribati; km com comoros; kn kna saint kitts and nevis; ' +
  'kp prk north korea/korea democratic peoples republic of/democratic peoples republic of korea/dprk; ' +
  'kr kor south korea/korea republic of/republic of korea/korea south; kw kwt kuwait; ky cym cayman islands; ' +
  'kz kaz kazakhstan; la lao lao peoples democratic republic/laos; lb lbn lebanon; lc lca saint lucia; ' +
  'li lie liechtenstein; lk lka sri lanka; lr lbr liberia; ls lso lesotho; lt ltu lithuania/lietuva; ' +
  'lu lux luxembourg/luxemburg; lv lva latvia/latvija; ly lby libya/libyan arab jamahiriya; ma mar morocco; ' +
  'mc mco monaco; md mda moldova republic of/moldova/republic of moldova; me mne montenegro; ' +
  'mf maf saint martin french part/saint martin; mg mdg madagascar; mh mhl marshall islands; ' +
  'mk mkd republic of north macedonia/north macedonia/macedonia/fyrom; ml mli mali; ' +
  'mm mmr myanmar/burma/myanmar burma; mn mng mongolia; mo mac macao/macau/macao sar china; ' +
  'mp mnp northern mariana islands; mq mtq martinique; mr mrt mauritania; ms msr montserrat; mt mlt malta; ' +
  'mu mus mauritius; mv mdv maldives; mw mwi malawi; mx mex mexico; my mys malaysia; mz moz mozambique; ' +
  'na nam namibia; nc ncl new caledonia; ne ner niger; nf nfk norfolk island; ng nga nigeria; ni nic nicaragua; ' +
  'nl nld netherlands/holland/nederland; no nor norway/norge; np npl nepal; nr nru nauru; nu niu niue; ' +
  'nz nzl new zealand; om omn oman; pa pan panama; pe per peru; pf pyf french polynesia; pg png papua new guinea; ' +
  'ph phl philippines/republic of the philippines; pk pak pakistan; pl pol poland/polska; ' +
  'pm spm saint pierre and miquelon; pn pcn pitcairn/pitcairn islands; pr pri puerto rico; ' +
  'ps pse state of palestine/palestine/palestinian territories/palestine state of/palestinian territory; pt prt portugal; pw plw palau/belau; ' +
  'py pry paraguay; qa qat qatar; re reu reunion; ro rou romania; rs srb serbia; ' +
  'ru rus russian federation/russia/rossiya; rw rwa rwanda; sa sau saudi arabia/kingdom of saudi arabia/ksa; ' +
  'sb slb solomon islands; sc syc seychelles; sd sdn sudan; se swe sweden/sverige; sg sgp singapore; ' +
  'sh shn saint helena/saint helena ascension and tristan da cunha; si svn slovenia/slovenija; ' +
  'sj sjm svalbard and jan mayen; sk svk slovakia/slovensko/slovak republic; sl sle sierra leone; ' +
  'sm smr san marino; sn sen senegal; so som somalia; sr sur suriname; ss ssd south sudan; ' +
  'st stp sao tome and principe; sv slv el salvador; sx sxm sint maarten dutch part/sint maarten/saint martin dutch part; ' +
  'sy syr syrian arab republic/syria; sz swz eswatini/swaziland; tc tca turks and caicos islands; td tcd chad; ' +
  'tf atf french southern territories; tg tgo togo; th tha thailand; tj tjk tajikistan; tk tkl tokelau; ' +
  'tl tls timor leste/east timor; tm tkm turkmenistan; tn tun tunisia; to ton tonga; tr tur turkiye/turkey; ' +
  'tt tto trinidad and tobago; tv tuv tuvalu; tw twn taiwan province of china/taiwan/taiwan republic of china; ' +
  'tz tza united republic of tanzania/tanzania/tanzania united republic of; ua ukr ukraine; ug uga uganda; ' +
  'um umi united states minor outlying islands/us outlying islands/us minor outlying islands; ' +
  'us usa united states of america/united states/america/estados unidos/etats unis/vereinigte staaten; ' +
  'uy ury uruguay; uz uzb uzbekistan; va vat holy see vatican city state/vatican city/vatican/holy see; ' +
  'vc vct saint vincent and the grenadines/saint vincent and grenadines; ' +
  've ven venezuela/venezuela bolivarian republic of/bolivarian republic of venezuela; ' +
  'vg vgb virgin islands british/british virgin islands; ' +
  'vi vir virgin islands us/us virgin islands/united states virgin islands; vn vnm vietnam/viet nam; ' +
  'vu vut vanuatu; wf wlf wallis and futuna; ws wsm samoa; ye yem yemen; yt myt mayotte; za zaf south africa; ' +
  'zm zmb zambia; zw zwe zimbabwe'
)
  .split('; ')
  .map((entry) => /^(..) (...) (.+)$/.exec(entry)?.slice(1) as [string, string, string])

/** Alpha-2 code by alpha-3 code and by name. */
export const countryNames: ReadonlyMap<string, string> = new Map(
  table.flatMap(([code, alpha3, names]) =>
    [alpha3, ...names.split('/')].map((name) => [name, code] as [string, string]),
  ),
)

/** Longer texts name no country. */
const maxNameLength = 60

/** Lower-case alpha-2 code of `USA`, `U.S.A.`, `United States (US)`, `The Netherlands` or `Moldova, Republic of`. */
export function countryNamed(text: string): string | undefined {
  if (text.length > maxNameLength) return undefined
  return countryNames.get(formOf(text)) ?? countryNames.get(formOf(text.replace(/\([a-z]{2}\)\s*$/i, '')))
}

/** Lower case, without accents, punctuation and the article. */
const formOf = (text: string) =>
  text
    .normalize('NFD')
    .replace(/[\p{M}.'’]/gu, '')
    .toLowerCase()
    .replaceAll('&', ' and ')
    .replace(/\((?:the|kingdom of the)\)/, ' ')
    .replace(/[^a-z]+/g, ' ')
    .trim()
    .replace(/^the /, '')
    .replace(/^st /, 'saint ')
