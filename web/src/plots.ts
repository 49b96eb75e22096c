/** Radar plots as they come in: a ring buffer that fades over a few turns of the antenna. */
import type { PlotRows } from './frames'

export const PLOT_LIFE_S = 12 // about five turns of a coastal radar
const ROOM = 8192

export class Plots {
  private lon_lat = new Float64Array(2 * ROOM)
  private born = new Float64Array(ROOM).fill(-Infinity)
  private next = 0

  add(rows: PlotRows, now: number): void {
    for (let i = 0; i < rows.lat.length; i++) {
      this.lon_lat[2 * this.next] = rows.lon[i]! * 1e-7
      this.lon_lat[2 * this.next + 1] = rows.lat[i]! * 1e-7
      this.born[this.next] = now
      this.next = (this.next + 1) % ROOM
    }
  }

  /** Those still visible at `now`, with their alpha 0 to 255 as a colour per plot. */
  visible(now: number, colour: readonly number[]): { length: number; position: Float64Array; colour: Uint8ClampedArray } {
    const position = new Float64Array(2 * ROOM), colours = new Uint8ClampedArray(4 * ROOM)
    let n = 0
    for (let i = 0; i < ROOM; i++) {
      const left = 1 - (now - this.born[i]!) / PLOT_LIFE_S
      if (left <= 0) continue
      position[2 * n] = this.lon_lat[2 * i]!
      position[2 * n + 1] = this.lon_lat[2 * i + 1]!
      colours.set([colour[0]!, colour[1]!, colour[2]!, 40 + 180 * left], 4 * n)
      n++
    }
    return { length: n, position, colour: colours }
  }
}
