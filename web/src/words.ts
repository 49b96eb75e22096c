/** Numbers as a watch officer reads them: knots, degrees and minutes, UTC, ages. */
import { KN_PER_MPS, NM_M, RAD } from './geo'

const two = (n: number): string => String(n).padStart(2, '0')

/** 26.2125 -> "26°12.750′N": degrees and decimal minutes, latitude first when both are written. */
export function angle(value_deg: number, positive: string, negative: string, digits: number): string {
  const minutes = Math.round(Math.abs(value_deg) * 60 * 1000) / 1000
  const degrees = Math.floor(minutes / 60)
  return `${String(degrees).padStart(digits, '0')}°${(minutes - 60 * degrees).toFixed(3).padStart(6, '0')}′${value_deg < 0 ? negative : positive}`
}
export function place(lat_deg: number, lon_deg: number): string {
  return `${angle(lat_deg, 'N', 'S', 2)} ${angle(lon_deg, 'E', 'W', 3)}`
}

/** Age in words: "4 s", "4 min 12 s", "2 h 05 min", "3 d 4 h". */
export function age(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–'
  const s = Math.max(0, Math.floor(seconds))
  if (s < 60) return `${s} s`
  if (s < 3600) return `${Math.floor(s / 60)} min ${two(s % 60)} s`
  if (s < 86400) return `${Math.floor(s / 3600)} h ${two(Math.floor((s % 3600) / 60))} min`
  return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`
}
/** Age in one unit: "4 s", "12 min", "3 h". */
export function roughAge(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–'
  const s = Math.max(0, Math.floor(seconds))
  return s < 60 ? `${s} s` : s < 3600 ? `${Math.floor(s / 60)} min` : s < 172800 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 86400)} d`
}
/** Age for a label: "4s", "12m", "3h". */
export function shortAge(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds))
  return s < 60 ? `${s}s` : s < 3600 ? `${Math.floor(s / 60)}m` : `${Math.floor(s / 3600)}h`
}

export function knots(mps: number): string {
  return Number.isNaN(mps) ? '–' : `${(mps * KN_PER_MPS).toFixed(1)} kn`
}
export function bearing(rad: number): string {
  return Number.isNaN(rad) ? '–' : `${String(Math.round(rad / RAD) % 360).padStart(3, '0')}°`
}
export function length(metres: number): string {
  if (!Number.isFinite(metres)) return '–'
  if (metres < 1000) return `${Math.round(metres)} m`
  return `${(metres / NM_M).toFixed(metres < 10 * NM_M ? 2 : 1)} NM`
}
export function clock(utc_s: number): string {
  return Number.isFinite(utc_s) ? new Date(utc_s * 1000).toISOString().slice(11, 19) : '--:--:--'
}
/** A moment near `now` (UTC s): the clock, with its day where half a day lies between; `digits` 5 for "17:05". */
export function when(utc_s: number, now: number, digits = 8): string {
  const told = clock(utc_s).slice(0, digits)
  return now - utc_s < 43200 ? told : `${day(utc_s)} ${told}`
}
export function day(utc_s: number): string {
  return Number.isFinite(utc_s) ? new Date(utc_s * 1000).toISOString().slice(0, 10) : ''
}
export function count(n: number): string {
  return n.toLocaleString('en').replaceAll(',', ' ')
}
export function bytes(n: number): string {
  return n < 1e3 ? `${Math.round(n)} B` : n < 1e6 ? `${(n / 1e3).toFixed(1)} kB` : n < 1e9 ? `${(n / 1e6).toFixed(1)} MB` : `${(n / 1e9).toFixed(2)} GB`
}
/** By how much a clock is wrong: "+7.1 s", "−0.3 s", "+60 min". */
export function offset(seconds: number): string {
  const size = Math.abs(seconds), sign = size < 0.05 ? '' : seconds < 0 ? '−' : '+'
  return size < 120 ? `${sign}${size.toFixed(1)} s` : size < 7200 ? `${sign}${Math.round(size / 60)} min` : `${sign}${(size / 3600).toFixed(1)} h`
}
/** A share in percent: "0 %", "3 %", "100 %". */
export function share(part: number): string {
  return `${part > 0 && part < 0.01 ? '<1' : Math.round(100 * part)} %`
}
