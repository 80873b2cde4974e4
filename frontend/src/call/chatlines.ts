import type { ChatLine, RoomState } from '@/api/protocol.gen'

/** As many as the server keeps in `welcome`. */
const LINES = 200

/** The room with the lines known so far and those it brings itself, each once: the server says a line only once on a socket. */
export function withLines(state: RoomState, known: readonly ChatLine[]): RoomState {
  const ids = new Set(known.map((line) => line.id))
  const chat = [...known, ...state.chat.filter((line) => !ids.has(line.id))].slice(-LINES)
  return { ...state, chat }
}
