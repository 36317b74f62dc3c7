import Bytes
import Digests
import Host
import OCI
import TestSupport
import Testing

/// Blobs that come in pieces.
@Suite struct PartialBlobTests {
    private let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    private var blob: Descriptor {
        Descriptor(mediaType: .layer, digest: SHA256Digest(hashing: bytes), size: UInt64(bytes.count))
    }

    private func claimed(_ claim: PartialBlob.Claim) throws -> PartialBlob {
        guard case .claimed(let partial) = claim else { throw Unexpected() }
        return partial
    }
    private struct Unexpected: Error {}

    private func give(_ range: Range<Int>, to partial: PartialBlob) throws {
        try bytes[range].withUnsafeBytes { try partial.receive($0) }
    }

    @Test func appearsWhenItIsWhole() throws {
        let directory = try TemporaryDirectory()
        try withExtendedLifetime(directory) {
            let layout = try ImageLayout(creating: "\(directory.path)/cache")
            let partial = try claimed(try layout.claim(blob))
            try give(0..<600, to: partial)
            #expect(try !layout.hasBlob(blob))
            try give(600..<1000, to: partial)
            try partial.finish()
            #expect(try layout.verified(blob, limit: 1 << 20) == bytes)
            guard case .present = try layout.claim(blob) else {
                Issue.record("a whole blob is asked for again")
                return
            }
        }
    }

    @Test func isOnesAtATimeAndGoesOnWhereTheLastStopped() throws {
        let directory = try TemporaryDirectory()
        try withExtendedLifetime(directory) {
            let layout = try ImageLayout(creating: "\(directory.path)/cache")
            do {
                let partial = try claimed(try layout.claim(blob))
                try give(0..<600, to: partial)
                guard case .busy = try layout.claim(blob) else {
                    Issue.record("two have one blob")
                    return
                }
                _ = partial.count
            }
            let next = try claimed(try layout.claim(blob))
            #expect(next.count == 600)
            try give(600..<1000, to: next)
            try next.finish()
            #expect(try layout.verified(blob, limit: 1 << 20) == bytes)
        }
    }

    @Test func wrongBytesAreForgotten() throws {
        let directory = try TemporaryDirectory()
        try withExtendedLifetime(directory) {
            let layout = try ImageLayout(creating: "\(directory.path)/cache")
            let partial = try claimed(try layout.claim(blob))
            try give(0..<999, to: partial)
            try [UInt8(1)].withUnsafeBytes { try partial.receive($0) }
            #expect(throws: StreamError.self) { try partial.finish() }
            #expect(partial.count == 0)
            #expect(try !layout.hasBlob(blob))
            try give(0..<1000, to: partial)
            try partial.finish()
        }
    }

    @Test func aPartLongerThanTheBlobIsNone() throws {
        let directory = try TemporaryDirectory()
        try withExtendedLifetime(directory) {
            let layout = try ImageLayout(creating: "\(directory.path)/cache")
            do {
                let partial = try claimed(try layout.claim(blob))
                try give(0..<1000, to: partial)
                try give(0..<1000, to: partial)
            }
            #expect(try claimed(try layout.claim(blob)).count == 0)
        }
    }
}
