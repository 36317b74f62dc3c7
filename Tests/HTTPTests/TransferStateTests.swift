import Testing

@testable import HTTP

@Suite struct TransferStateTests {
    private func take(_ count: Int, _ state: inout TransferState) -> Bool {
        [UInt8](repeating: 7, count: count).withUnsafeBufferPointer { state.take(body: $0) }
    }

    private func send(_ count: Int, _ state: inout TransferState) -> [UInt8]? {
        var room = [UInt8](repeating: 0, count: count)
        guard let moved = room.withUnsafeMutableBufferPointer({ state.moveSupply(into: $0) }) else {
            return nil
        }
        return Array(room[..<moved])
    }

    private func isIdle(_ state: inout TransferState) -> Bool { state.nextEvent().event == nil }

    @Test func aFullBufferPausesUntilItIsTaken() throws {
        var state = TransferState(bodyLength: 0)
        let half = TransferState.capacity / 2
        let fits = [half, half, 1].map { take($0, &state) }
        #expect(fits == [true, true, false])
        #expect(state.isBodyPaused)
        let (event, resumes) = state.nextEvent()
        guard case .piece(let piece) = event else {
            Issue.record("\(String(describing: event))")
            return
        }
        #expect(piece.count == 2 * half && resumes && !state.isBodyPaused)
        #expect(isIdle(&state))
        _ = take(1, &state)
        let next = state.nextEvent()
        #expect(!next.resumes)
    }

    @Test func bodiesAreReadAheadByOnePiece() throws {
        let piece = TransferState.pieceSize
        var state = TransferState(bodyLength: UInt64(2 * piece + 1))
        for (offset, count) in [(0, piece), (piece, piece)] {
            guard case .wantsBody(UInt64(offset), count) = state.nextEvent().event else {
                Issue.record("the piece at \(offset) is not wanted")
                return
            }
            // Not twice.
            #expect(isIdle(&state))
            if offset == 0 {
                let early = send(10, &state)
                #expect(early == nil && state.isSupplyPaused)
            }
            let isResumed = state.take(supply: [UInt8](repeating: 1, count: count), at: UInt64(offset))
            #expect(isResumed == (offset == 0))
            if offset == 0 { _ = send(10, &state) }
        }
        let rest = send(3 * piece, &state)
        #expect(rest?.count == 2 * piece - 10)
        guard case .wantsBody(UInt64(2 * piece), 1) = state.nextEvent().event else {
            Issue.record("the last byte is not wanted")
            return
        }
        _ = state.take(supply: [9], at: UInt64(2 * piece))
        let last = [send(5, &state), send(5, &state)]
        #expect(last == [[9], []])
    }

    @Test("A body is not sent again once part of it was sent")
    func rewinding() {
        var state = TransferState(bodyLength: 4)
        _ = state.nextEvent()
        let early = [0, 1].map { state.rewind(to: $0) }
        #expect(early == [true, false])
        _ = state.take(supply: [1, 2, 3, 4], at: 0)
        let first = send(2, &state)
        #expect(first == [1, 2])
        let late = state.rewind(to: 0)
        #expect(!late)
        let rest = send(9, &state)
        #expect(rest == [3, 4])
    }

    @Test func whatCameIsGivenBeforeTheFailure() {
        var state = TransferState(bodyLength: 0)
        _ = take(5, &state)
        state.end = .failure(.stalled)
        guard case .piece = state.nextEvent().event, case .failure(.stalled) = state.nextEvent().event else {
            Issue.record("the piece is lost")
            return
        }
    }
}
