/** Draws the products as small inline SVGs, so that the shop loads nothing from other hosts. */

const SEA =
  '<path class="sea" d="M0 178q20-12 40 0t40 0 40 0 40 0 40 0 40 0 40 0 40 0v62H0z"/><path class="wave" d="M-20 202q20-12 40 0t40 0 40 0 40 0 40 0 40 0 40 0 40 0 40 0"/>'

const DRAWINGS: Record<string, string> = {
  'night-ferry':
    '<circle class="moon" cx="258" cy="52" r="20"/><path class="red" d="M148 62h26v34h-26z"/><path class="ink" d="M148 62h26v10h-26z"/><path class="paper" d="M92 94h142v30H92zM72 124h178v26H72z"/><path class="navy" d="M44 150h236l-22 42H74z"/><g class="glow"><circle cx="98" cy="137" r="6"/><circle cx="122" cy="137" r="6"/><circle cx="146" cy="137" r="6"/><circle cx="170" cy="137" r="6"/><circle cx="194" cy="137" r="6"/><circle cx="218" cy="137" r="6"/><path d="M106 102h22v12h-22zM138 102h22v12h-22zM170 102h22v12h-22zM202 102h22v12h-22z"/></g>',
  'tug-marta':
    '<path class="smoke" d="M214 54q14-18 34-8t30-10"/><path class="ink" d="M192 62h22v52h-22z"/><path class="red" d="M192 72h22v12h-22z"/><path class="paper" d="M112 92h66v46h-66z"/><path class="wood" d="M104 84h82v10h-82z"/><path class="glow" d="M122 102h20v18h-20zM150 102h20v18h-20z"/><path class="red" d="M66 138h190q4 30-22 56H90q-26-24-24-56z"/><g class="ink"><circle cx="86" cy="166" r="9"/><circle cx="118" cy="172" r="9"/><circle cx="204" cy="172" r="9"/><circle cx="236" cy="166" r="9"/></g>',
  'sloop-wren':
    '<path class="wood" d="M156 34h7v122h-7z"/><path class="paper" d="M168 40q64 48 66 104h-66z"/><path class="red" d="M150 58q-36 46-60 86h60z"/><path class="wood" d="M66 152h194q-14 34-42 42H108q-30-10-42-42z"/><path class="red" d="m163 26 26 8-26 8z"/>',
  'lighthouse-no-4':
    '<path class="beam" d="m170 62 130-34v68zM150 62 20 28v68z"/><path class="paper" d="M138 82h44l14 112h-72z"/><path class="red" d="m135 106h50l4 26h-57zM129 156h62l3 24h-69z"/><path class="glow" d="M144 50h32v28h-32z"/><path class="ink" d="m138 50 22-22 22 22zM134 76h52v8h-52z"/><path class="rock" d="M84 200q20-22 46-16 30-8 60 0 28-6 46 16z"/>',
  'bell-buoy':
    '<path class="rope" d="M128 62 108 150M192 62l20 88M160 46v22M118 108h84"/><path class="glow" d="M160 68q20 2 20 32h-40q0-30 20-32z"/><circle class="ink" cx="160" cy="104" r="6"/><circle class="red" cx="160" cy="46" r="11"/><path class="red" d="M84 150h152q-4 46-44 50h-64q-40-4-44-50z"/><path class="paper" d="M86 162h148l-4 14H90z"/>',
  'visiting-whale':
    '<path class="spout" d="M138 78q-4-30-26-30M138 78q4-30 26-30M138 78V44"/><path class="blue" d="M62 142q6-58 82-58 62 0 92 44 14-2 16-30 18 4 20 26 16-10 30 0-6 34-44 36-20 42-84 42-106 0-112-60z"/><circle class="ink" cx="104" cy="134" r="6"/><path class="smile" d="M82 156q16 14 34 6"/>',
}

/** The drawing of a product. `label` is its text alternative; leave it empty beside a visible name. */
export const productPicture = (slug: string, label = ''): string =>
  `<svg class="picture" viewBox="0 0 320 240" ${label ? `role="img" aria-label="${label}"` : 'aria-hidden="true"'}>` +
  `<path class="sky" d="M0 0h320v240H0z"/>${DRAWINGS[slug] ?? ''}${SEA}</svg>`

export const harbourPicture =
  '<svg class="harbour" viewBox="0 70 640 230" preserveAspectRatio="xMidYMax slice" aria-hidden="true"><circle class="moon" cx="548" cy="120" r="30"/><path class="hill" d="M0 190q90-70 190-40t210-10 240 30v130H0z"/><g class="paper"><path d="M36 138h54v92H36zM100 118h48v112h-48zM158 146h60v84h-60z"/></g><g class="red"><path d="m30 138 33-34 33 34zM152 146l36-34 36 34z"/></g><path class="navy" d="m94 118 30-36 30 36z"/><g class="glow"><path d="M50 154h12v16H50zM68 154h12v16H68zM112 136h10v14h-10zM128 136h10v14h-10zM112 166h10v14h-10zM174 162h12v16h-12zM192 162h12v16h-12z"/></g><path class="wood" d="M0 224h250v10H0zM40 234h8v40h-8zM120 234h8v40h-8zM210 234h8v40h-8z"/><path class="paper" d="M378 196h96v22h-96z"/><path class="red" d="M412 168h20v28h-20z"/><path class="navy" d="M346 218h164l-16 32H366z"/><g class="glow"><circle cx="394" cy="207" r="5"/><circle cx="416" cy="207" r="5"/><circle cx="438" cy="207" r="5"/><circle cx="460" cy="207" r="5"/></g><path class="sea" d="M0 246q20-12 40 0t40 0 40 0 40 0 40 0 40 0 40 0 40 0 40 0 40 0 40 0 40 0 40 0 40 0 40 0 40 0v60H0z"/><path class="wave" d="M-10 272q20-12 40 0t40 0 40 0 40 0 40 0 40 0 40 0 40 0 40 0 40 0 40 0 40 0 40 0 40 0 40 0 40 0 40 0"/></svg>'
