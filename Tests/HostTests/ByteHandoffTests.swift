import Bytes
import Host
import Testing

@Suite struct ByteHandoffTests {
    private static func readAll(_ handoff: ByteHandoff) async throws(StreamError) -> [UInt8] {
        try await Blocking.run { () throws(StreamError) in
            var source = handoff.source
            return try source.readAll(limit: 1 << 20, of: "test")
        }
    }

    /// More pieces than it holds, of all sizes: the sender waits and goes on.
    @Test(arguments: [0, 1, 10, 100_000]) func bytesComeInOrder(capacity: Int) async throws {
        let handoff = ByteHandoff(name: "test", capacity: capacity)
        let pieces = (0..<200).map { number in [UInt8](repeating: UInt8(number), count: number * 7 % 50) }
        async let received = Self.readAll(handoff)
        for piece in pieces { #expect(await handoff.send(piece)) }
        handoff.finish()
        #expect(try await received == pieces.flatMap { $0 })
    }

    @Test func aCutIsTold() async throws {
        let handoff = ByteHandoff(name: "the archive")
        #expect(await handoff.send([1, 2, 3]))
        handoff.finish(isCut: true)
        await #expect(throws: StreamError.unexpectedEnd(of: "the archive", offset: 3)) {
            try await Self.readAll(handoff)
        }
    }

    @Test func whoSendsToNobodyIsNotLeftWaiting() async {
        let handoff = ByteHandoff(name: "test", capacity: 1)
        async let sent = handoff.send([1, 2, 3])
        await Blocking.run { () throws(Never) in handoff.abandon() }
        #expect(await !sent)
        #expect(await !handoff.send([1]))
        handoff.finish()
    }
}
