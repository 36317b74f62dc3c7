internal import Bytes
internal import Host

/// The directories of a check: outputs by round, another name for the home, and a cache that shares the images of another one and has
/// derived data of its own. Removed in the end.
struct CheckWorkshop {
    let path: String
    var home: String { "\(path)/home" }

    /// The directory for outputs in memory; nil where there is no such file system.
    private let memory: String?

    init() throws(StreamError) {
        path = try Directory.createTemporary(prefix: "identikit-check")
        let name = path.split(separator: "/").last ?? "identikit-check"
        memory = Directory.isWritable("/dev/shm") ? "/dev/shm/\(name)" : nil
        // Another name for the same home, as configurations may take files from it.
        try Directory.createSymbolicLink(home, to: HostEnvironment.home)
    }

    func remove() {
        try? Directory.remove(path)
        if let memory { try? Directory.remove(memory) }
    }

    /// A directory for the outputs of a round.
    func outputs(_ number: Int, isInMemory: Bool) throws(StreamError) -> String {
        let directory = "\(isInMemory ? memory ?? path : path)/\(number)"
        try Directory.create(directory)
        return directory
    }

    /// The cache with the images of the layout at `layout`.
    func cache(for layout: String, _ derived: Circumstances.Derived) throws -> String {
        if derived == .usual { return layout }
        let cache = "\(path)/cache"
        if try FileStatus.following(cache) == nil {
            try Directory.create(cache)
            for name in ["oci-layout", "index.json"] {
                var file = try AtomicFile(path: "\(cache)/\(name)")
                var source = RangeSource(try ReadableFile(path: "\(layout)/\(name)"))
                try source.copy(to: &file)
                try file.commit()
            }
            try Directory.createSymbolicLink("\(cache)/blobs", to: "\(layout)/blobs")
        }
        switch derived {
        case .usual, .warm: break
        case .cold: try? Directory.remove("\(cache)/derived")
        case .damaged: try damage("\(cache)/derived")
        }
        return cache
    }

    /// Flips a bit in every other file below `directory`, and cuts the others off.
    private func damage(_ directory: String) throws {
        var number = 0
        for name in try Directory.names(directory).sorted() {
            let path = "\(directory)/\(name.text)"
            switch try FileStatus.of(path)?.kind {
            case .directory?: try damage(path)
            case .regular?:
                number += 1
                try Self.damage(file: path, cuts: number % 2 == 0)
            default: break
            }
        }
    }

    private static func damage(file path: String, cuts: Bool) throws {
        let contents = try ReadableFile(path: path)
        guard contents.count > 0, contents.count < 1 << 28 else { return }
        var bytes = try contents.bytes(at: 0, length: Int(contents.count), of: path)
        let middle = bytes.count / 2
        if cuts { bytes.removeLast(bytes.count - middle) } else { bytes[middle] ^= 4 }
        var file = try AtomicFile(path: path)
        try file.write(bytes)
        try file.commit()
    }
}
