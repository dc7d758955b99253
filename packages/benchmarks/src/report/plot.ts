import type { Bar } from './section.js';

const WIDTH = 900;
const LABELS = 420;
const ROW = 22;
const COLOURS = { storage: '#2563eb', other: '#9ca3af' };

/** Bars of throughput with their spread; the line is the reference. Nothing is drawn beyond twice the reference. */
export function plotOf(title: string, reference: string, bars: readonly Bar[]): string {
  const x = (ratio: number) => LABELS + Math.min(ratio, 2) * ((WIDTH - LABELS - 60) / 2);
  const height = 50 + bars.length * ROW;
  const rows = bars.map(({ label, ratio }, index) => {
    const y = 40 + index * ROW;
    const colour = label.endsWith('storage') ? COLOURS.storage : COLOURS.other;
    return `<text x="${LABELS - 8}" y="${y + 12}" text-anchor="end">${escaped(label)}</text>
<rect x="${LABELS}" y="${y}" width="${(x(ratio.median) - LABELS).toFixed(1)}" height="14" fill="${colour}"/>
<path d="M${x(ratio.least).toFixed(1)} ${y + 7}H${x(ratio.most).toFixed(1)}" stroke="#111827"/>
<text x="${WIDTH - 50}" y="${y + 12}">${ratio.median.toFixed(2)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12" fill="#111827">
<title>${escaped(title)}</title>
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
<text x="8" y="18" font-size="14">${escaped(title)}: throughput, 1 = ${escaped(reference)}</text>
<path d="M${x(1)} 28V${height - 6}" stroke="#dc2626"/>
${rows.join('\n')}
</svg>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}
