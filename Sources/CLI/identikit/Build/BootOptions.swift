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

    /// Where the boot files of one firmware are: as an option says, or by default.
    struct Choice {
        let option: String
        let firmware: Firmware
        let source: BootSource
        let isDefault: Bool
    }

    /// Those that `formats` need, packages built.
    func choices(
        for formats: [OutputFormat], packages: PackageResolver, reporter: Reporter
    ) throws -> [Choice] {
        let needed = formats.reduce(into: Set<Firmware>()) { $0.formUnion($1.firmware) }
        return try given.filter { needed.contains($0.firmware) }.map { option, firmware, value in
            let source: BootSource
            if let value, Self.isPath(value) {
                source = .folder(value)
            } else {
                var name = value ?? BootFiles.defaultImage(firmware)
                if name.hasPrefix("@pkg:") {
                    name = try packages.tag(path: String(name.dropFirst("@pkg:".count)), relativeTo: "")
                    _ = try packages.buildMissing(reporter: reporter)
                }
                source = .image(
                    try ImageReference(name), isFetched: value != nil || BootFiles.isPublished(firmware))
            }
            return Choice(option: option, firmware: firmware, source: source, isDefault: value == nil)
        }
    }

    /// The boot files of `choices`, images looked up.
    static func files(
        _ choices: [Choice], images: CachedImages, fetching: ImageFetching, platform: Platform
    ) async throws -> [Firmware: BootFiles] {
        var files: [Firmware: BootFiles] = [:]
        for choice in choices {
            let source = try await source(choice, images: images, fetching: fetching, platform: platform)
            files[choice.firmware] = BootFiles(source, images: images)
        }
        return files
    }

    private static func source(
        _ choice: Choice, images: CachedImages, fetching: ImageFetching, platform: Platform
    ) async throws -> BootFiles.Source {
        let option = choice.option
        switch choice.source {
        case .folder(let path):
            guard try FileStatus.following(path)?.kind == .folder else {
                throw Failure("\(option) \(path): no such folder", .missingInput)
            }
            return .folder(path)
        case .image(let reference, let isFetched):
            do {
                try await fetching.ensure(
                    isFetched ? [ImagePuller.Request(reference, platforms: [platform])] : []
                ) { try await images.prepare([reference], platform: platform, jobs: 1) }
                return .image(try images.image(reference, platform: platform))
            } catch {
                guard choice.isDefault, let reason = Self.absence(error) else { throw error }
                let kind = option.dropFirst(2).dropLast("-boot".count)
                return .missing(
                    "\(reference), which it is taken from by default, is not in the cache"
                        + (isFetched ? ", nor to be had\(reason); give " : " and published nowhere; give ")
                        + "\(option) @pkg: and the path of Identikit's packages/boot-\(kind), an image, or a folder "
                        + "that has it")
            }
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
    private static func isPath(_ value: String) -> Bool {
        if value.hasPrefix("/") || value.hasPrefix("./") || value.hasPrefix("../") || value == "." {
            return true
        }
        return (try? FileStatus.following(value))?.kind == .folder
    }
}

extension RootCompression: ExpressibleByArgument {}
