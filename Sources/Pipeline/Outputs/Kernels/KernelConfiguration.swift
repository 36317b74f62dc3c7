internal import Assembly
internal import Bytes
internal import Decompression
internal import Digests
internal import FileTree
internal import Tar

/// The configuration that a Linux kernel was built with: the text of its `.config`.
struct KernelConfiguration {
    let text: [UInt8]

    /// Whether the option is built in: a line `CONFIG_NAME=y`.
    func enables(_ option: String) -> Bool {
        let line = Array("\(option)=y".utf8)
        return text.split(separator: UInt8(ascii: "\n")).contains { $0.elementsEqual(line) }
    }
}

extension KernelConfiguration {
    // Around a gzip member in the kernel's data (kernel/configs.c, CONFIG_IKCONFIG).
    private static let start = Array("IKCFG_ST".utf8)
    private static let end = Array("IKCFG_ED".utf8)
    /// The maximum size of the gzip member in bytes; usual ones have less than 100 KB.
    private static let largestMember = 4 << 20
    /// The maximum size of the text in bytes.
    static let largestText: UInt64 = 64 << 20

    /// Finds the configuration embedded in a kernel, compressed or not; nil if there is none that can be read.
    static func embedded(in kernel: some RandomAccessBytes) -> KernelConfiguration? {
        if let found = try? embedded(inPayloadOf: kernel) { return found }
        return try? embedded(in: RangeSource(kernel))
    }

    private static func embedded(
        inPayloadOf kernel: some RandomAccessBytes
    ) throws(StreamError) -> KernelConfiguration? {
        guard let payload = try KernelPayload.find(in: kernel) else { return nil }
        return try embedded(in: try payload.source(in: kernel))
    }

    private static func embedded(
        in kernel: some ByteSource
    ) throws(StreamError) -> KernelConfiguration? {
        guard let member = try member(in: kernel) else { return nil }
        var inflated = try Decompressor.source(
            over: ByteArraySource(member), compression: .gzip, ignoresGarbage: true, limit: largestText)
        var sink = ByteArraySink()
        try inflated.copy(to: &sink)
        return KernelConfiguration(text: sink.bytes)
    }

    /// The bytes between the two marks.
    private static func member(in kernel: some ByteSource) throws(StreamError) -> [UInt8]? {
        var kernel = kernel
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { chunk.deallocate() }
        var window: [UInt8] = []
        var isFound = false
        while true {
            let count = try kernel.read(into: chunk)
            // A mark may straddle two chunks.
            let searched = max(0, window.count - (end.count - 1))
            window += chunk[..<count]
            if !isFound, let place = window.firstIndex(of: start, from: searched) {
                window.removeFirst(place + start.count)
                isFound = true
                if let place = window.firstIndex(of: end, from: 0) { return Array(window[..<place]) }
            } else if isFound, let place = window.firstIndex(of: end, from: searched) {
                return Array(window[..<place])
            }
            if count == 0 || isFound && window.count > largestMember { return nil }
            if !isFound { window.removeFirst(max(0, window.count - (start.count - 1))) }
        }
    }
}

extension [UInt8] {
    /// The index of the first occurrence of `mark`, of eight bytes, that begins at `from` or later.
    fileprivate func firstIndex(of mark: [UInt8], from: Int) -> Int? {
        withUnsafeBytes { bytes in
            let wanted = mark.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
            guard bytes.count >= from + 8 else { return nil }
            for index in from...bytes.count - 8
            where bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) == wanted { return index }
            return nil
        }
    }
}

extension OutputSession {
    /// Reads the kernel's configuration: the one embedded in the kernel, otherwise the file `config` beside it in
    /// its image. Finding it takes about as long as decompressing the kernel, so it is kept.
    func readKernelConfiguration() throws -> KernelConfiguration? {
        if let kernel = image.bootParts.kernel, kernel.count > 0 {
            let find = {
                KernelConfiguration.embedded(in: ContentReader(kernel, from: self.store))?.text ?? []
            }
            let text =
                blockCache(.kernelConfiguration)?.block(named: kernel.contentDigest, make: find) ?? find()
            if !text.isEmpty { return KernelConfiguration(text: text) }
        }
        // The file is about the kernel of its image, and not about one that replaces it.
        let place = PaxRecord(key: "LINUXKIT.location", value: "kernel")
        guard image.last("boot/kernel")?.header.records.contains(place) == true,
            let file = image.kernelConfiguration, file.count > 0, file.count < KernelConfiguration.largestText
        else { return nil }
        return KernelConfiguration(
            text: try ContentReader(file, from: store).bytes(
                at: 0, length: Int(file.count), of: "kernel configuration"))
    }
}
