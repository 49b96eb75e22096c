/** What people say of two vessels: that they are one, or two. The other one is chosen here, the word told, and what was said before. */
import { ask } from './answer'
import { inverse } from './geo'
import type { Picture } from './picture'

const NEAREST = 5
const RENEW_S = 15 // somebody else may have spoken

export interface Word {
  number: number
  time: number // UTC s
  one: number // numbers in the picture
  other: number
  same: boolean
  who: string
  note: string
  node: string // what this node holds under `one` is another vessel; '' else
}
/** A word that is to be said, once it has a name under it. */
export interface Saying {
  one: number
  other: number
  same: boolean
  node?: string // not `other`, but what this node holds of `one`
}

export class Pairing {
  subject = 0 // whose words these are
  words: Word[] = [] // the newest first
  problem = ''
  /** the other vessel is being chosen; `near`: the nearest when that began, so that rows do not jump under the finger */
  choosing: { same: boolean; near: number[] } | null = null
  saying: Saying | null = null
  private askedAt = -Infinity

  /** `able`: whether the node keeps what people say of vessels and has somebody to tell it to. */
  constructor(private readonly picture: Picture, private readonly able: () => boolean, private readonly changed: () => void) {}

  /** Another vessel is looked at. */
  look(vessel: number): void {
    if (vessel === this.subject) return
    this.subject = vessel
    this.words = []
    this.problem = ''
    this.choosing = null
    this.askedAt = -Infinity
    this.second()
    this.changed()
  }

  /** Once a second. */
  second(): void {
    if (!this.subject || document.hidden || !this.able() || performance.now() < this.askedAt + 1000 * RENEW_S) return
    void this.hear()
  }

  private async hear(): Promise<void> {
    const vessel = this.subject
    this.askedAt = performance.now()
    try {
      const { words } = await ask<{ words: Word[] }>(`vessels/${vessel}/pair`)
      if (vessel !== this.subject) return
      this.words = words
      this.problem = ''
    } catch (error) {
      if (vessel !== this.subject) return
      this.problem = (error as Error).message
    }
    this.changed()
  }

  other(word: Word): number {
    return word.one === this.subject ? word.other : word.one
  }

  /** Whether a newer word about the same two has been said. */
  overtaken(word: Word): boolean {
    return this.words.find((w) => this.other(w) === this.other(word) && w.node === word.node) !== word
  }

  /** The vessel of the picture that this one, which is not there, was said to be one with; 0: none. */
  get heir(): number {
    if (!this.subject || !this.picture.count || this.picture.slotOf.has(this.subject)) return 0
    const word = this.words.find((w) => w.same && !this.overtaken(w) && this.picture.slotOf.has(this.other(w)))
    return word ? this.other(word) : 0
  }

  choose(same: boolean): void {
    this.choosing = { same, near: this.nearest() }
    this.problem = ''
    this.changed()
  }

  cancel(): void {
    this.choosing = null
    this.problem = ''
    this.changed()
  }

  /** The other vessel, 0 for none. */
  pick(other: number): void {
    const { choosing, subject } = this
    if (!choosing || !other) return
    this.problem = other === subject ? 'That is the vessel itself: choose another one.' : ''
    if (!this.problem) this.saying = { one: subject, other, same: choosing.same }
    this.changed()
  }

  /** The contrary of what was said. */
  takeBack(word: Word): void {
    this.saying = { one: this.subject, other: this.other(word), same: !word.same }
    this.changed()
  }

  /** What a node holds of the vessel that is looked at is another one. */
  split(node: string): void {
    this.choosing = null
    this.saying = { one: this.subject, other: this.subject, same: false, node }
    this.changed()
  }

  /** Says it; an error's message is a sentence for people. */
  async say(who: string, note: string): Promise<void> {
    const { saying } = this
    if (!saying) return
    const { one, other, same, node } = saying
    if (node) await ask<Word>(`vessels/${one}/split`, { body: { who, note, node }, order: 'kept' })
    else await ask<Word>(`vessels/${one}/pair`, { body: { who, note, other, same }, order: 'kept' })
    this.saying = this.choosing = null
    this.changed()
    await this.hear()
  }

  drop(): void {
    this.saying = null
    this.changed()
  }

  /** m between two vessels of the picture, NaN where one is not there. */
  apart(one: number, other: number): number {
    const { slotOf, shown } = this.picture, a = slotOf.get(one), b = slotOf.get(other)
    return a === undefined || b === undefined ? NaN : inverse(shown[2 * a + 1]!, shown[2 * a]!, shown[2 * b + 1]!, shown[2 * b]!).distance
  }

  private nearest(): number[] {
    const ids = Array.from(this.picture.id.subarray(0, this.picture.count)).filter((id) => id !== this.subject)
    const away = new Map(ids.map((id) => [id, this.apart(this.subject, id)]))
    return ids.sort((a, b) => away.get(a)! - away.get(b)! || a - b).slice(0, NEAREST)
  }
}
