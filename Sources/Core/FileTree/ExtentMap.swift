public import Bytes
public import Digests

/// An image as it will lie on a disk, before it is written: literal bytes, references to contents and holes,
/// one after the other. Formats whose lengths are known beforehand are laid out as one, so that a FAT volume
/// is an extent of a disk and a kernel one of a FAT volume, and no byte of it is in memory.
public struct ExtentMap: Sendable {
    public enum Source: Hashable, Sendable {
        case bytes([UInt8])
        case contents(FileContents)
        /// Zero bytes.
        case hole
    }

    public struct Extent: Sendable {
        /// Bytes from the start of the image.
        public let offset: UInt64
        /// Bytes; never 0.
        public let length: UInt64
        public let source: Source

        public var end: UInt64 { offset + length }
    }

    /// In order, without gaps.
    public private(set) var extents: [Extent] = []
    /// Bytes.
    public private(set) var count: UInt64 = 0

    public init() {}

    public init(_ contents: FileContents) { append(contents) }

    public mutating func append(_ bytes: [UInt8]) { append(.bytes(bytes), length: UInt64(bytes.count)) }

    public mutating func append(_ contents: FileContents) {
        if case .bytes(let bytes) = contents { return append(bytes.bytes) }
        append(.contents(contents), length: contents.count)
    }

    public mutating func append(_ map: ExtentMap) {
        for extent in map.extents { append(extent.source, length: extent.length) }
    }

    public mutating func append(zeros length: UInt64) { append(.hole, length: length) }

    /// Appends zero bytes up to the next multiple of `alignment`.
    public mutating func align(to alignment: UInt64) { append(zeros: count.aligned(to: alignment) - count) }

    /// Appends zero bytes up to `offset`, which must not lie before the end.
    public mutating func append(zerosUpTo offset: UInt64) {
        precondition(offset >= count, "the image is beyond \(offset) already")
        append(zeros: offset - count)
    }

    private mutating func append(_ source: Source, length: UInt64) {
        guard length > 0 else { return }
        if case .hole = source, let last = extents.last, case .hole = last.source {
            extents[extents.count - 1] = Extent(
                offset: last.offset, length: last.length + length, source: .hole)
        } else {
            extents.append(Extent(offset: count, length: length, source: source))
        }
        count += length
    }

    /// Stands for the bytes where an identity is derived from them: SHA-256 over kind, length and the
    /// contents' digest of each extent, so that nothing is read.
    public var identity: SHA256Digest {
        var hasher = SHA256Hasher()
        for extent in extents {
            var head: [UInt8] = []
            switch extent.source {
            case .bytes(let bytes): head = [0] + SHA256Digest(hashing: bytes).bytes
            case .contents(let contents): head = [1] + contents.contentDigest.bytes
            case .hole: head = [2]
            }
            head.append(big: extent.length)
            hasher.update(head)
        }
        return hasher.finalize()
    }
}

extension ExtentMap {
    /// Writes the image, contents pulled from `store` through a bounded buffer.
    public func write<Sink: ByteSink & ~Copyable>(
        to sink: inout Sink, from store: some BlobStore
    ) throws(StreamError) {
        let buffer = CopyBuffer()
        for extent in extents {
            switch extent.source {
            case .bytes(let bytes): try sink.write(bytes)
            case .contents(let contents): try store.copy(contents, to: &sink, through: buffer)
            case .hole: try sink.writeZeros(extent.length)
            }
        }
    }

    /// The image to be read anywhere, contents pulled from `store`.
    public func access(from store: any BlobStore) -> ExtentAccess { ExtentAccess(map: self, store: store) }
}

/// Random access to an image that exists as a map only.
public struct ExtentAccess: SparseBytes {
    private let map: ExtentMap
    private let store: any BlobStore

    init(map: ExtentMap, store: any BlobStore) {
        self.map = map
        self.store = store
    }

    public var count: UInt64 { map.count }

    public func read(
        at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer
    ) throws(StreamError) -> Int {
        var filled = 0
        var index = self.index(at: offset)
        while filled < buffer.count, index < map.extents.count {
            let extent = map.extents[index]
            let start = offset + UInt64(filled) - extent.offset
            let wanted = Int(min(UInt64(buffer.count - filled), extent.length - start))
            let target = UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + wanted])
            try fill(target, from: extent, at: start)
            filled += wanted
            index += 1
        }
        return filled
    }

    private func fill(
        _ target: UnsafeMutableRawBufferPointer, from extent: ExtentMap.Extent, at start: UInt64
    ) throws(StreamError) {
        switch extent.source {
        case .hole: target.initializeMemory(as: UInt8.self, repeating: 0)
        case .bytes(let bytes): Self.copy(bytes, from: Int(start), to: target)
        case .contents(.bytes(let bytes)): Self.copy(bytes.bytes, from: Int(start), to: target)
        case .contents(.blob(let digest, let offset, _, _)):
            let blob = try store.open(digest)
            var filled = 0
            while filled < target.count {
                let step = try blob.read(
                    at: offset + start + UInt64(filled),
                    into: UnsafeMutableRawBufferPointer(rebasing: target[filled...]))
                if step == 0 {
                    throw .unexpectedEnd(of: "blob \(digest)", offset: offset + start + UInt64(filled))
                }
                filled += step
            }
        }
    }

    private static func copy(_ bytes: [UInt8], from start: Int, to target: UnsafeMutableRawBufferPointer) {
        bytes.withUnsafeBytes {
            target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[start..<start + target.count]))
        }
    }

    public func nextData(at offset: UInt64) -> Range<UInt64>? {
        var index = self.index(at: offset)
        while index < map.extents.count {
            let extent = map.extents[index]
            if case .hole = extent.source {} else { return max(offset, extent.offset)..<extent.end }
            index += 1
        }
        return nil
    }

    /// The extent that `offset` lies in, by bisection; their count beyond the end.
    private func index(at offset: UInt64) -> Int {
        var (low, high) = (0, map.extents.count)
        while low < high {
            let middle = (low + high) / 2
            if map.extents[middle].end <= offset { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
