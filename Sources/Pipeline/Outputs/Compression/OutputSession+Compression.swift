extension OutputSession {
    /// The compression of the initrd in `format`.
    func initrdCompression(_ format: OutputFormat) throws -> OwnCompression {
        if let known = initrdCompressions[format.name] { return known }
        let compression = try compression(
            options.compression ?? format.form.defaultCompression, of: "initrd", needing: "CONFIG_RD_ZSTD",
            format)
        initrdCompressions[format.name] = compression
        return compression
    }

    /// The compression of the squashfs in `format` if none of a library is requested.
    func squashFSCompression(_ format: OutputFormat) throws -> OwnCompression {
        try compression(
            options.compression ?? .gzip, of: "squashfs", needing: "CONFIG_SQUASHFS_ZSTD", format)
    }

    /// Resolves `request` and reports what the kernel's configuration says about it.
    private func compression(
        _ request: CompressionRequest, of part: String, needing option: String, _ format: OutputFormat
    ) throws -> OwnCompression {
        switch request {
        case .gzip: return .gzip
        case .none: return .none
        case .zstd:
            if let configuration = try kernelConfiguration(), !configuration.enables(option) {
                onWarning(
                    "\(format.name): the kernel cannot decompress the \(part): zstd needs \(option)=y, which its "
                        + "configuration does not have; use gzip")
            }
            return .zstd
        case .auto:
            guard let configuration = try kernelConfiguration() else {
                onDetail("\(format.name): \(part) compressed with gzip: kernel configuration not found")
                return .gzip
            }
            guard configuration.enables(option) else {
                onDetail("\(format.name): \(part) compressed with gzip: the kernel does not have \(option)=y")
                return .gzip
            }
            onNote("\(format.name): \(part) compressed with zstd, as the kernel has \(option)=y")
            return .zstd
        }
    }
}

extension OutputSession.Options {
    /// Whether the configuration of the kernel decides about, or is compared with, the compression of any of `formats`.
    public func needsKernelConfiguration(for formats: [OutputFormat]) -> Bool {
        formats.contains { format in
            let request: CompressionRequest
            if format.content == .initrd {
                request = compression ?? format.form.defaultCompression
            } else if format.isSquashFS, squashFSCompression == nil {
                request = compression ?? .gzip
            } else {
                return false
            }
            return request == .auto || request == .zstd
        }
    }
}
