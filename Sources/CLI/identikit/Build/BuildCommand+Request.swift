import Building
import FileTree
import Host
import OCI
import Outputs

extension BuildCommand {
    /// The request that the options and arguments describe.
    func request() throws -> BuildRequest {
        var request = BuildRequest(
            configuration: files.map(Self.source), platform: try platform(), formats: try formats(),
            destination: try destination())
        request.stamp = try epoch.stamp()
        request.boot = try boot.origins()
        request.sbom = noSbom ? nil : try sbom()
        request.earlierOutput = inputTar
        request.options.decompressKernel = decompressKernel
        request.options.shareEqualFiles = !noShare
        request.options.strict = strict
        request.options.diskSize = try size.map { try DiskSize(parsing: $0).bytes }
        request.options.compression = compression.compression
        request.options.squashFSCompression = compression.squashfsCompression
        request.lock = try lock.lock(for: files)
        request.requiresCurrentLock = lock.locked
        request.options.home = HostEnvironment.home
        request.options.jobs = try Jobs.checked(jobs)
        return request
    }

    static func source(_ name: String) -> ConfigurationSource {
        if name.hasPrefix("http://") || name.hasPrefix("https://") { return .url(name) }
        return name == "-" ? .standardInput : .file(name)
    }

    private func formats() throws -> [OutputFormat] {
        var names = format.flatMap { $0.split { $0 == "," || $0 == " " }.map(String.init) }
        if names.isEmpty, !format.isEmpty {
            throw Failure("--format is empty; pass the name of a format", .usage)
        }
        if names.isEmpty { names = [output == nil ? "kernel+initrd" : "tar"] }
        return try OutputFormats.formats(names)
    }

    private func platform() throws -> Platform {
        let platform = Platform(machine: arch ?? HostEnvironment.machine)
        guard ["amd64", "arm64", "riscv64"].contains(platform.architecture) else {
            throw Failure(
                "unknown architecture \"\(platform.architecture)\"; --arch takes amd64, arm64 or riscv64",
                .usage)
        }
        return platform
    }

    private func destination() throws -> Destination {
        guard let output else {
            if let name { return .files(directory: dir, name: name) }
            guard let last = files.last, last != "-" else { return .files(directory: dir, name: "moby") }
            return .files(directory: dir, namedAfter: last)
        }
        if name != nil { throw Failure("-o cannot be used with --name", .usage) }
        if dir != nil { throw Failure("-o cannot be used with --dir", .usage) }
        return .stream(output)
    }

    private func sbom() throws -> SBOMRequest {
        let parts = sbomOutput.split(separator: "/").filter { $0 != "." }
        guard !parts.isEmpty, !parts.contains("..") else {
            throw Failure(
                "--sbom-output \(sbomOutput): pass a path in the image, without ..", .usage)
        }
        var sbom = SBOMRequest()
        sbom.path = parts.joined(separator: "/")
        if sbomCurrentTime { sbom.created = Timestamp(seconds: HostClock.secondsSince1970) }
        return sbom
    }

    /// The services that the build uses.
    func services(_ access: RegistryAccess) throws -> BuildServices {
        var services = BuildServices(cache: cache.imageCache, registries: access)
        services.pulling = fetch.pull ? .always : fetch.offline ? .never : .missing
        services.policy = try verification.policy()
        services.usesDaemon = docker
        services.packageOptions = PackageFlags.ofEnvironment
        services.sharing = try sharing.repositories
        return services
    }
}
