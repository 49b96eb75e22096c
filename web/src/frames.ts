/** Bytes of one WebSocket message -> columns as typed-array views. Layout: docs/frames.md, version 1. */

export const SNAPSHOT = 1
export const DELTA = 2
export const PLOTS = 3
export const HEARTBEAT = 4
export const JSON_TEXT = 5

const MAGIC = 0x3148494d // "MIH1", little endian
const HEADER_BYTES = 40
export const NEVER = 0xffffffff // 0.1 s since base: never heard
export const ABSENT = 0xffff // speed, heading

export interface Header {
  kind: number
  sequence: number
  count: number
  removed: number
  picture: number
  /** UTC s of the picture */
  time: number
  /** UTC s from which the times in the columns count */
  base: number
}

/** Rows as sent: 1e-7 degree, 0.1 s since base, 0.01 m/s, turn / 65536, m. */
export interface Rows {
  id: Uint32Array
  lat: Int32Array
  lon: Int32Array
  time: Uint32Array
  heardRadar: Uint32Array
  heardAis: Uint32Array
  mmsi: Uint32Array
  sensors: Uint32Array
  speed: Uint16Array
  course: Uint16Array
  heading: Uint16Array
  major: Uint16Array
  minor: Uint16Array
  orientation: Uint16Array
  status: Uint8Array
  source: Uint8Array
  category: Uint8Array
  existence: Uint8Array
  removed: Uint32Array
}

export interface PlotRows {
  lat: Int32Array
  lon: Int32Array
  sensor: Uint16Array
}

export type Frame =
  | { header: Header; kind: 'snapshot' | 'delta'; rows: Rows }
  | { header: Header; kind: 'plots'; plots: PlotRows }
  | { header: Header; kind: 'heartbeat' }
  | { header: Header; kind: 'json'; text: Record<string, unknown> }

/** Walks over the columns of a frame; each starts at a multiple of 4 bytes. Throws RangeError when the frame is short. */
class Columns {
  private offset = HEADER_BYTES
  constructor(private readonly bytes: ArrayBuffer) {}

  private step(size: number): number {
    const start = this.offset
    this.offset += (size + 3) & ~3
    return start
  }
  u4(count: number): Uint32Array {
    return new Uint32Array(this.bytes, this.step(4 * count), count)
  }
  i4(count: number): Int32Array {
    return new Int32Array(this.bytes, this.step(4 * count), count)
  }
  u2(count: number): Uint16Array {
    return new Uint16Array(this.bytes, this.step(2 * count), count)
  }
  u1(count: number): Uint8Array {
    return new Uint8Array(this.bytes, this.step(count), count)
  }
}

function header(bytes: ArrayBuffer): Header {
  const view = new DataView(bytes)
  if (bytes.byteLength < HEADER_BYTES || view.getUint32(0, true) !== MAGIC) throw new Error('not a frame of Mihari')
  const version = view.getUint16(6, true)
  if (version !== 1) throw new Error(`frame layout ${version} is newer than this page (1): reload the page`)
  return {
    kind: view.getUint16(4, true),
    sequence: view.getUint32(8, true),
    count: view.getUint32(12, true),
    removed: view.getUint32(16, true),
    picture: view.getUint32(20, true),
    time: view.getFloat64(24, true),
    base: view.getFloat64(32, true),
  }
}

function vesselRows(bytes: ArrayBuffer, n: number, removed: number): Rows {
  const c = new Columns(bytes)
  return {
    id: c.u4(n), lat: c.i4(n), lon: c.i4(n), time: c.u4(n), heardRadar: c.u4(n), heardAis: c.u4(n),
    mmsi: c.u4(n), sensors: c.u4(n), speed: c.u2(n), course: c.u2(n), heading: c.u2(n), major: c.u2(n),
    minor: c.u2(n), orientation: c.u2(n), status: c.u1(n), source: c.u1(n), category: c.u1(n),
    existence: c.u1(n), removed: c.u4(removed),
  } // prettier-ignore
}

const utf8 = new TextDecoder()

/** One message -> one frame. Throws when it is none of ours or too short. */
export function decode(bytes: ArrayBuffer): Frame {
  const head = header(bytes)
  switch (head.kind) {
    case SNAPSHOT:
    case DELTA:
      return { header: head, kind: head.kind === SNAPSHOT ? 'snapshot' : 'delta', rows: vesselRows(bytes, head.count, head.removed) }
    case PLOTS: {
      const c = new Columns(bytes)
      return { header: head, kind: 'plots', plots: { lat: c.i4(head.count), lon: c.i4(head.count), sensor: c.u2(head.count) } }
    }
    case JSON_TEXT:
      return { header: head, kind: 'json', text: JSON.parse(utf8.decode(new Uint8Array(bytes, HEADER_BYTES, head.count))) }
    default: // heartbeats, and kinds that a newer server may add: they prove life
      return { header: head, kind: 'heartbeat' }
  }
}
