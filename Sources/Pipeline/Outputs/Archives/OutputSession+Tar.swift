internal import Assembly
internal import Bytes
internal import Digests
internal import FileTree
internal import Host
internal import Tar

extension OutputSession {
    func writeTar(_ entries: [AssembledEntry], suffix: String) throws -> WrittenFile {
        let path = stream?.path ?? path(suffix)
        if path == "-" {
            return try writeThrough(entries, to: DescriptorSink.standardOutput, at: path)
        }
        // Write to a device or pipe instead of replacing it.
        if try FileStatus.following(path)?.kind == .other {
            return try writeThrough(entries, to: SpecialFileSink(path: path), at: path)
        }
        return try writeFile(path) { sink in try writeTar(entries, to: sink) }
    }

    private func writeThrough<Sink: ByteSink & ~Copyable>(
        _ entries: [AssembledEntry], to sink: consuming Sink, at path: String
    ) throws -> WrittenFile {
        let sink = try writeTar(entries, to: DigestingSink(sink))
        return WrittenFile(path: path, size: sink.count, digest: sink.digest)
    }

    private func writeTar<Sink: ByteSink & ~Copyable>(
        _ entries: [AssembledEntry], to sink: consuming Sink
    ) throws -> Sink {
        var writer = TarWriter(BufferedSink(sink))
        for assembled in entries { try writer.write(assembled.entry, from: store) }
        return try writer.finish().finish()
    }
}
