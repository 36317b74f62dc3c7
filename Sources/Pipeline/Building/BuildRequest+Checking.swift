internal import Bytes
internal import Host
internal import KitConfig
internal import OCI
public import Outputs

/// Why a request can't be built, found before any work.
public enum RequestError: Error, Sendable {
    case noFormats
    /// The format can't be built for the architecture.
    case architecture(reason: String)
    /// Both formats would write different bytes to one file.
    case clash(OutputFormat, OutputFormat, suffix: String)
    /// A stream holds one format.
    case severalFormatsInStream
    /// The format is not one stream.
    case notStreamed(OutputFormat)
    /// The stream's path is a directory.
    case streamIsDirectory(String)
    case streamOverwritesInput(String)
    case emptyName
    /// An earlier output's parts come from images that a policy can't check.
    case earlierOutputUnderPolicy
}

extension BuildRequest {
    /// Finds what can't work, before any work is done.
    public func check() throws {
        guard !formats.isEmpty else { throw RequestError.noFormats }
        for (number, format) in formats.enumerated() {
            if let reason = format.refusal(architecture: platform.architecture) {
                throw RequestError.architecture(reason: reason)
            }
            for other in formats[..<number] {
                guard let suffix = OutputFormats.clash(other, format) else { continue }
                throw RequestError.clash(other, format, suffix: suffix)
            }
        }
        switch destination {
        case .files(_, let name): if name.isEmpty { throw RequestError.emptyName }
        case .stream(let path): try checkStream(path)
        }
    }

    private func checkStream(_ path: String) throws {
        guard formats.count == 1 else { throw RequestError.severalFormatsInStream }
        guard formats[0].isStreamed else { throw RequestError.notStreamed(formats[0]) }
        if try FileStatus.following(path)?.kind == .directory { throw RequestError.streamIsDirectory(path) }
        if path == earlierOutput { throw RequestError.streamOverwritesInput(path) }
    }

    /// Finds what the formats cannot hold as far as the kit and the files of this machine say so, and returns warnings.
    func checkLimits(of kit: Kit) throws -> [String] {
        let warnings = try options.diskSize.map { size in
            try formats.compactMap { try $0.checkDiskSize(size) }
        }
        try InitrdLimits.checkSources(
            of: kit, home: options.home, formats: formats, architecture: platform.architecture)
        return warnings ?? []
    }

    /// Options that none of the formats uses.
    var unusedOptions: [BuildWarning.UnusedOption] {
        var unused: [BuildWarning.UnusedOption] = []
        if options.diskSize != nil, formats.allSatisfy({ $0.diskUnit == nil }) {
            unused.append(.diskSize(formats))
        }
        if options.compression != nil, !formats.contains(where: { $0.content == .initrd || $0.isSquashFS }) {
            unused.append(.compression(formats))
        }
        if options.squashFSCompression ?? .gzip != .gzip, !formats.contains(where: \.isSquashFS) {
            unused.append(.squashFSCompression)
        }
        return unused
    }
}
