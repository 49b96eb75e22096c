/**
 * Colours for day, dusk and night, after the ideas of IEC 62288: light sea by day, almost no light by night,
 * red kept for alarms, and no meaning carried by colour alone. Text reaches 4.5 : 1 on its ground in each palette.
 */
export type PaletteName = 'day' | 'dusk' | 'night'
export const PALETTE_NAMES: readonly PaletteName[] = ['day', 'dusk', 'night']
export type Rgb = readonly [number, number, number]

export interface Palette {
  /** of panels, becoming CSS variables `--name` */
  css: Record<'ground' | 'raised' | 'line' | 'text' | 'quiet' | 'accent' | 'on-accent' | 'alarm' | 'on-alarm' | 'caution' | 'on-caution' | 'good' | 'sea', string>
  sea: string
  land: string
  coast: string
  label: string
  halo: string
  outline: string
  cover: Rgb
  plot: Rgb
  mark: string
  /** of zones by kind; their names say the kind too */
  zones: Readonly<Record<'zone' | 'closed' | 'fishing' | 'anchorage' | 'waiting' | 'port' | 'lane' | 'cable', string>>
  alarm: string
  /** of nodes and the links between them by what these are worth; dashes say it too */
  mesh: Readonly<Record<'good' | 'full' | 'down', string>>
  /** of our own vehicles, cameras and crews: a friendly frame's light fill, and the ink of its lines and words */
  asset: { fill: string; ink: string }
  /** of the patrol: how late a cell is, from fresh to more than twice as old as demanded; ways, keep-out areas, strength of the heat */
  patrol: { late: readonly [string, string, string, string, string]; way: string; keep: string; heat: number }
  /** of what people told: a hue of no category */
  told: string
  /** of where a vessel was, as the archive tells it: a hue of no category */
  past: string
  /** by category number */
  categories: readonly string[]
}

export const PALETTES: Record<PaletteName, Palette> = {
  day: {
    css: {
      ground: '#f3f5f6', raised: '#ffffff', line: '#b4bec4', text: '#0f1b22', quiet: '#46555e', accent: '#0b5394', 'on-accent': '#ffffff',
      alarm: '#c1121f', 'on-alarm': '#ffffff', caution: '#ffd23f', 'on-caution': '#221a00', good: '#1b6b2a', sea: '#cfe3ef',
    }, // prettier-ignore
    sea: '#cfe3ef', land: '#ece3c8', coast: '#7d6f4c', label: '#0f1b22', halo: '#e9f3f9', outline: '#0f1b22',
    cover: [11, 83, 148], plot: [70, 90, 30], mark: '#5b2a86', alarm: '#d00010', past: '#b3007d',
    asset: { fill: '#8fe3ff', ink: '#00407f' },
    patrol: { late: ['#2f9e86', '#9dbf3b', '#f0bf1f', '#d96a12', '#7a1a5c'], way: '#00407f', keep: '#7a1f5c', heat: 0.5 },
    told: '#6b3d00',
    mesh: { good: '#0a5c63', full: '#9a4a00', down: '#5b666d' },
    zones: { zone: '#0b5394', closed: '#7a1f5c', fishing: '#14622c', anchorage: '#5b2a86', waiting: '#5f4b8b', port: '#3d4a52', lane: '#8a4a00', cable: '#7a1f9a' },
    categories: ['#5a6770', '#1f8a3b', '#a8326e', '#1d5fd0', '#b35c00', '#8e3bb8', '#8a7a00', '#007a86', '#6b5b95', '#3a3a3a', '#d00010'],
  },
  dusk: {
    css: {
      ground: '#1b242b', raised: '#25313a', line: '#42525d', text: '#e2eaee', quiet: '#a9b8c1', accent: '#7cc0f2', 'on-accent': '#08131b',
      alarm: '#ff6b60', 'on-alarm': '#210302', caution: '#ffc94d', 'on-caution': '#221a00', good: '#7fd08f', sea: '#14293a',
    }, // prettier-ignore
    sea: '#14293a', land: '#35382d', coast: '#7f8468', label: '#e2eaee', halo: '#0c1a26', outline: '#08131b',
    cover: [124, 192, 242], plot: [190, 200, 120], mark: '#c9a4f0', alarm: '#ff5449', past: '#ff8ad8',
    asset: { fill: '#0f5c86', ink: '#9adcff' },
    patrol: { late: ['#2b8f7c', '#8aa83a', '#d3a92a', '#e0762e', '#d04fa0'], way: '#9adcff', keep: '#f08cc8', heat: 0.5 },
    told: '#ffd9a8',
    mesh: { good: '#5fd3dc', full: '#f5a64a', down: '#93a1aa' },
    zones: { zone: '#7cc0f2', closed: '#f08cc8', fishing: '#7fd08f', anchorage: '#c9a4f0', waiting: '#b3a6e0', port: '#c2ccd2', lane: '#f0b070', cable: '#e09cf5' },
    categories: ['#aab7bf', '#63cf80', '#ee86b8', '#79aefc', '#f5a64a', '#cf98f0', '#e3d44a', '#4fcfdb', '#b3a6e0', '#dfe6ea', '#ff5449'],
  },
  night: {
    css: {
      ground: '#0a0d0f', raised: '#12171a', line: '#2a3338', text: '#a3afb2', quiet: '#7d898d', accent: '#6796b8', 'on-accent': '#05080a',
      alarm: '#e0483d', 'on-alarm': '#0a0000', caution: '#b8882a', 'on-caution': '#0d0900', good: '#5f9a6b', sea: '#050b12',
    }, // prettier-ignore
    sea: '#050b12', land: '#191b14', coast: '#4b4f3d', label: '#a3afb2', halo: '#03070b', outline: '#020406',
    cover: [70, 110, 140], plot: [110, 118, 70], mark: '#8a72a8', alarm: '#e0483d', past: '#c06ca8',
    asset: { fill: '#0d3346', ink: '#78aecb' },
    patrol: { late: ['#1c5a4e', '#55682a', '#84691c', '#9c5420', '#94397a'], way: '#78aecb', keep: '#b0628f', heat: 0.55 },
    told: '#b39b76',
    mesh: { good: '#3f8d94', full: '#b0752f', down: '#5f6a6f' },
    zones: { zone: '#6796b8', closed: '#b0628f', fishing: '#5f9a6b', anchorage: '#9580b3', waiting: '#857ca6', port: '#838d91', lane: '#a87a45', cable: '#a36db8' },
    categories: ['#737d82', '#3f8f56', '#a8577f', '#4f79b8', '#ad7433', '#8f68a8', '#9c9133', '#388f98', '#7c739c', '#99a0a3', '#e0483d'],
  },
}

export function applyPalette(name: PaletteName): Palette {
  const palette = PALETTES[name], root = document.documentElement
  root.dataset.palette = name
  root.style.colorScheme = name === 'day' ? 'light' : 'dark'
  for (const [key, value] of Object.entries(palette.css)) root.style.setProperty(`--${key}`, value)
  return palette
}
