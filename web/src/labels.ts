/**
 * Names without overlaps: a greedy fill of a grid of 16-px cells, by priority, four positions per vessel.
 * Symbols are reserved first. A name that was shown stays where it was if it can (hysteresis), so nothing flickers.
 */
export const GRID_PX = 16
export const LABEL_HEIGHT = 16
const RIGHT = 0, LEFT = 1, BELOW = 2, ABOVE = 3
export const MUST = 5000 // from this priority on a name is shown whatever it covers: distress, chosen, under the cursor
const STAY = 1000 // what a name that is already shown gains in priority

export interface Wanted {
  id: number
  /** px on the screen of the symbol's centre */
  x: number
  y: number
  /** radius to keep free around the symbol, px */
  reach: number
  width: number
  text: string
  priority: number
  loud: boolean
}
export interface Placed extends Wanted {
  left: number
  top: number
  position: number
}

export class Labels {
  placed: Placed[] = []
  cost_ms = 0
  private shown = new Map<number, number>()

  /** What a vessel's priority is worth with hysteresis. */
  weigh(id: number, priority: number): number {
    return this.shown.has(id) ? priority + STAY : priority
  }

  /** `wanted`: vessels that may get a name, most important first; `symbols`: x, y, radius of everything that no name may cover. */
  place(wanted: Wanted[], symbols: Float32Array, width: number, height: number): Placed[] {
    const began = performance.now()
    const columns = Math.ceil(width / GRID_PX) + 1, rows = Math.ceil(height / GRID_PX) + 1
    const taken = new Uint8Array(columns * rows)
    const claim = (left: number, top: number, w: number, h: number, test: boolean): boolean => {
      const x0 = Math.max(0, Math.floor(left / GRID_PX)), x1 = Math.min(columns - 1, Math.floor((left + w) / GRID_PX))
      const y0 = Math.max(0, Math.floor(top / GRID_PX)), y1 = Math.min(rows - 1, Math.floor((top + h) / GRID_PX))
      for (let r = y0; r <= y1; r++)
        for (let c = x0; c <= x1; c++) {
          if (!test) taken[r * columns + c] = 1
          else if (taken[r * columns + c]) return false
        }
      return true
    }
    for (let i = 0; i < symbols.length; i += 3) claim(symbols[i]! - symbols[i + 2]!, symbols[i + 1]! - symbols[i + 2]!, 2 * symbols[i + 2]!, 2 * symbols[i + 2]!, false)
    const placed: Placed[] = []
    const now = new Map<number, number>()
    for (const w of wanted) {
      const before = this.shown.get(w.id)
      const order = before === undefined ? [RIGHT, LEFT, BELOW, ABOVE] : [before, RIGHT, LEFT, BELOW, ABOVE]
      let done = false
      for (const position of order) {
        const [left, top] = corner(w, position)
        if (left < 0 || top < 0 || left + w.width > width || top + LABEL_HEIGHT > height) continue
        // Text is centred in whole cells, so a test of cells is a test of text.
        if (!claim(left, top, w.width, LABEL_HEIGHT - 1, true)) continue
        claim(left, top, w.width, LABEL_HEIGHT - 1, false)
        placed.push({ ...w, left, top, position })
        now.set(w.id, position)
        done = true
        break
      }
      if (!done && w.priority >= MUST) {
        const inside = ([left, top]: [number, number]): boolean => left >= 0 && top >= 0 && left + w.width <= width && top + LABEL_HEIGHT <= height
        const position = [RIGHT, LEFT, BELOW, ABOVE].find((p) => inside(corner(w, p))) ?? RIGHT
        const [left, top] = corner(w, position) // over symbols if it must be, but never unnamed
        claim(left, top, w.width, LABEL_HEIGHT - 1, false)
        placed.push({ ...w, left, top, position })
        now.set(w.id, position)
      }
    }
    this.shown = now
    this.placed = placed
    this.cost_ms = performance.now() - began
    return placed
  }
}

/** Upper left corner of a name's box at one of the four positions; outside the cells that the symbol holds. */
function corner(w: Wanted, position: number): [number, number] {
  const cell = (v: number): number => Math.floor(v / GRID_PX) * GRID_PX
  const beside = w.y - LABEL_HEIGHT / 2
  if (position === RIGHT) return [cell(w.x + w.reach) + GRID_PX, beside]
  if (position === LEFT) return [cell(w.x - w.reach) - w.width - 1, beside]
  if (position === BELOW) return [w.x - w.width / 2, cell(w.y + w.reach) + GRID_PX]
  return [w.x - w.width / 2, cell(w.y - w.reach) - LABEL_HEIGHT]
}
