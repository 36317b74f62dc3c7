internal import Bytes
internal import Deflate
internal import Digests
internal import Host
internal import Synchronization

/// A cache of compressed blocks in a directory, so that unchanged parts of an initrd are not compressed again
/// by the next build. Outputs do not depend on it; without a usable directory, builds are only slower.
///
/// A block's file is named SHA-256(encoder ‖ input) and contains the SHA-256 of the compressed bytes, then those
/// bytes. It is verified when it is read. Files in use are moved to the directory `new`; once that is full, it
/// becomes `old`, and blocks that were not used since the last rotation are removed. This needs no clock.
final class BlockCache: CompressedBlockCache {
    private let directory: String
    private let encoder: SHA256Digest
    /// Whether blocks can be stored; false after a failure, such as a full disk.
    private let isKeeping = Mutex(true)

    /// The maximum number of blocks in `new`; 2 GiB of input make about four thousand.
    static let defaultLimit = 16_384

    /// The cache in `directory`, created if missing; nil if it is not writable.
    init?(directory: String, form: BlockForm, limit: Int = defaultLimit) {
        self.directory = directory
        encoder = form.identity
        do throws(StreamError) {
            try Directory.create("\(directory)/new")
            try Directory.create("\(directory)/old")
            guard Directory.isWritable("\(directory)/new") else { return nil }
            PendingFiles.sweep("\(directory)/new")
            if try Directory.names("\(directory)/new").count > limit { try rotate() }
        } catch { return nil }
    }

    func block(for input: UnsafeRawBufferPointer, compress: () -> [UInt8]) -> [UInt8] {
        var hasher = SHA256Hasher()
        hasher.update(encoder.bytes)
        hasher.update(input)
        let name = hasher.finalize().hex
        if let known = kept(name) { return known }
        let block = compress()
        keep(block, name)
        return block
    }

    /// What was made from the contents with this digest.
    func block(named contents: SHA256Digest, make: () -> [UInt8]) -> [UInt8] {
        contents.bytes.withUnsafeBytes { block(for: $0, compress: make) }
    }

    private func kept(_ name: String) -> [UInt8]? {
        if let block = Self.verified("\(directory)/new/\(name)") { return block }
        guard let block = Self.verified("\(directory)/old/\(name)") else { return nil }
        // Another process may have moved it already.
        try? Directory.rename("\(directory)/old/\(name)", to: "\(directory)/new/\(name)")
        return block
    }

    private static func verified(_ path: String) -> [UInt8]? {
        guard let file = try? ReadableFile(path: path), file.count > 32, file.count < 1 << 30,
            let bytes = try? file.bytes(at: 0, length: Int(file.count), of: path)
        else { return nil }
        let block = Array(bytes[32...])
        return SHA256Digest(hashing: block).bytes.elementsEqual(bytes[..<32]) ? block : nil
    }

    private func keep(_ block: [UInt8], _ name: String) {
        guard isKeeping.withLock({ $0 }) else { return }
        do throws(StreamError) {
            var file = try AtomicFile(path: "\(directory)/new/\(name)")
            try file.write(SHA256Digest(hashing: block).bytes)
            try file.write(block)
            try file.commit()
        } catch { isKeeping.withLock { $0 = false } }
    }

    private func rotate() throws(StreamError) {
        try Directory.remove("\(directory)/old")
        try Directory.rename("\(directory)/new", to: "\(directory)/old")
        try Directory.create("\(directory)/new")
    }
}
