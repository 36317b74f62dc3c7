public import ArgumentParser
import Assembly
import Host
import OCI
public import Outputs
import Registry

/// Where the programs come from that start a kernel.
struct BootOptions: ParsableArguments {
    private static let kinds = "an image, @pkg:FOLDER or a folder"

    @Option(
        help: ArgumentHelp(
            "Where isolinux is: \(Self.kinds). Default: LinuxKit's \(BootFiles.defaultImage(.bios)).",
            valueName: "source"))
    var biosBoot: String?

    @Option(
        help: ArgumentHelp(
            "Where systemd's EFI stub is: \(Self.kinds). Default: \(BootFiles.defaultImage(.efi)) in the cache, "
                + "as pkg build packages/boot-efi makes it.",
            valueName: "source"))
    var efiBoot: String?

    @Option(
        help: ArgumentHelp(
            "Where the Raspberry Pi's firmware and U-Boot are: \(Self.kinds). "
                + "Default: LinuxKit's \(BootFiles.defaultImage(.raspberryPi)).",
            valueName: "source"))
    var rpi3Boot: String?

    @Option(
        help: ArgumentHelp(
            "How squashfs is compressed: gzip, or xz or zstd by the library of this machine, whose bytes "
                + "differ from version to version. Default: gzip.",
            valueName: "name"))
    var squashfsCompression = RootCompression.gzip

    var given: [(option: String, firmware: Firmware, value: String?)] {
        [
            ("--bios-boot", .bios, biosBoot), ("--efi-boot", .efi, efiBoot),
            ("--rpi3-boot", .raspberryPi, rpi3Boot),
        ]
    }

    /// Finds wrong values before any work is done.
    func check() throws {
        for (option, _, value) in given {
            guard let value else { continue }
            if value.isEmpty || value == "@pkg:" {
                throw Failure("\(option) names nothing; give \(Self.kinds)", .usage)
            }
            if value.hasPrefix("@pkg:") || Self.isPath(value) { continue }
            do { _ = try ImageReference(value) } catch {
                throw Failure("\(option) \(value): neither a folder nor an image: \(error)", .usage)
            }
        }
    }

    /// The boot files that `formats` need, images looked up and packages built.
    func files(
        for formats: [OutputFormat], images: CachedImages, packages: PackageResolver,
        fetching: ImageFetching, platform: Platform
    ) async throws -> [Firmware: BootFiles] {
        let needed = formats.reduce(into: Set<Firmware>()) { $0.formUnion($1.firmware) }
        var files: [Firmware: BootFiles] = [:]
        for (option, firmware, value) in given where needed.contains(firmware) {
            let source = try await Self.source(
                value ?? BootFiles.defaultImage(firmware), option: option, isDefault: value == nil,
                isFetched: value != nil || BootFiles.isPublished(firmware), images: images,
                packages: packages, fetching: fetching, platform: platform)
            files[firmware] = BootFiles(source, images: images)
        }
        return files
    }

    private static func source(
        _ value: String, option: String, isDefault: Bool, isFetched: Bool, images: CachedImages,
        packages: PackageResolver, fetching: ImageFetching, platform: Platform
    ) async throws -> BootFiles.Source {
        if !isDefault, isPath(value) {
            guard try FileStatus.following(value)?.kind == .folder else {
                throw Failure("\(option) \(value): no such folder", .missingInput)
            }
            return .folder(value)
        }
        var name = value
        if value.hasPrefix("@pkg:") {
            name = try packages.tag(path: String(value.dropFirst("@pkg:".count)), relativeTo: "")
            _ = try packages.buildMissing(reporter: fetching.reporter)
        }
        let reference = try ImageReference(name)
        do {
            try await fetching.ensure(
                isFetched ? [ImagePuller.Request(reference, platforms: [platform])] : []
            ) { try await images.prepare([reference], platform: platform, jobs: 1) }
            return .image(try images.image(reference, platform: platform))
        } catch {
            guard isDefault, let reason = Self.absence(error) else { throw error }
            let kind = option.dropFirst(2).dropLast("-boot".count)
            return .missing(
                "\(reference), which it is taken from by default, is not in the cache"
                    + (isFetched ? ", nor to be had\(reason); give " : " and published nowhere; give ")
                    + "\(option) @pkg: and the path of Identikit's packages/boot-\(kind), an image, or a folder that has it"
            )
        }
    }

    /// Why the image can neither be found nor fetched, in brackets where there is more to say than that nobody has
    /// it; nil for what is no absence, as a policy's refusal.
    private static func absence(_ error: any Error) -> String? {
        if let error = error as? ImageError, case .notFound = error.problem { return "" }
        if let error = error as? RegistryError, case .notFound = error.problem { return "" }
        if let error = error as? Failure, error.status == .unavailable { return " (\(error.message))" }
        return nil
    }

    /// A folder is written as one, or is there.
    static func isPath(_ value: String) -> Bool {
        if value.hasPrefix("/") || value.hasPrefix("./") || value.hasPrefix("../") || value == "." {
            return true
        }
        return (try? FileStatus.following(value))?.kind == .folder
    }
}

extension RootCompression: ExpressibleByArgument {}
