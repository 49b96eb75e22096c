/** What the library and the case board share: signs, words of states, arrows between cards. */
import { html, type TemplateResult } from 'lit'
import { SIGNS, type Urgency } from '../alerts'
import type { State } from '../library'

export const STATE_WORDS: Record<State, string> = { active: '● active', trial: '◐ on trial', replaced: '○ replaced', withdrawn: '✕ withdrawn' }

export function sign(urgency: string): TemplateResult {
  const known = urgency in SIGNS
  return html`<span class="urgency ${urgency}" title=${known ? urgency : 'listed, raises no alert'} aria-label=${known ? urgency : 'no alert'}>${known ? SIGNS[urgency as Urgency] : '○'}</span>`
}

/** Arrows go from card to card. */
export function arrows(e: KeyboardEvent): void {
  if (e.key !== 'ArrowDown' && e.key !== 'ArrowUp') return
  const all = [...(e.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('.card-main')], next = all[all.indexOf(document.activeElement as HTMLElement) + (e.key === 'ArrowDown' ? 1 : -1)]
  if (!next) return
  e.preventDefault()
  next.focus()
}
