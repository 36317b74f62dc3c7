internal import Bytes
internal import FileTree

/// The kernel's command line: words separated by spaces.
struct KernelCommandLine {
    /// The limit in bytes of x86 and arm64 kernels (COMMAND_LINE_SIZE less its NUL), which truncate longer lines.
    static let limit = 2047

    let text: ByteString

    /// The command line in `contents`, without trailing NULs, line breaks and spaces.
    init(_ contents: FileContents?, from store: any BlobStore) throws {
        guard let contents, contents.count > 0 else {
            text = ByteString()
            return
        }
        guard contents.count <= 1 << 16 else { throw OutputError.longCommandLine(bytes: contents.count) }
        var bytes = try ContentReader(contents, from: store).bytes(
            at: 0, length: Int(contents.count), of: "command line")
        while let last = bytes.last, [0, 0x0A, 0x0D, 0x20].contains(last) { bytes.removeLast() }
        text = ByteString(bytes)
    }

    private init(text: ByteString) { self.text = text }

    /// The command line with `root=device` appended, unless it already has `root=`.
    func withRoot(_ device: String) -> KernelCommandLine {
        let words = text.bytes.split(separator: 0x20)
        guard !words.contains(where: { $0.starts(with: "root=".utf8) }) else { return self }
        return KernelCommandLine(text: text + ByteString(text.isEmpty ? "root=\(device)" : " root=\(device)"))
    }

    /// The text, checked to fit on one line of a boot loader's configuration and within the kernel's limit.
    func checked() throws(OutputError) -> ByteString {
        if text.count > Self.limit { throw .longCommandLine(bytes: UInt64(text.count)) }
        if text.bytes.contains(where: { $0 == 0x0A || $0 == 0x0D || $0 == 0 }) {
            throw .brokenCommandLine
        }
        return text
    }
}
