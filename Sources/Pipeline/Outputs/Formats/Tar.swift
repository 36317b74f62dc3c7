internal import Assembly
internal import Bytes
internal import Digests
internal import FileTree
internal import Host
internal import Tar

extension OutputFormat {
    /// The entry stream as it is, byte for byte as LinuxKit writes it.
    static let tar = OutputFormat(
        name: "tar", summary: "the root file system and kernel as one tar archive", suffixes: [".tar"],
        content: .entries,
        isStreamed: true, oracles: ["bsdtar"]
    ) { session, _ in
        [try session.writeTar(session.image.entries, suffix: ".tar")]
    }

    /// Like `tar`, with a Dockerfile, to use as the context of an image build.
    static let docker = OutputFormat(
        name: "docker", summary: "a tar archive with a Dockerfile, for docker build -", suffixes: [".docker"],
        content: .entries,
        isStreamed: true, oracles: ["bsdtar"]
    ) { session, _ in
        [try session.writeTar(session.image.entriesWithDockerfile(session.stamp), suffix: ".docker")]
    }
}

extension OutputSession {
    fileprivate func writeTar(_ entries: [AssembledEntry], suffix: String) throws -> WrittenFile {
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
