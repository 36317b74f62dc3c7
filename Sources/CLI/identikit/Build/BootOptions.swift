public import ArgumentParser
import Building
import Host
import OCI
public import Outputs

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
            (Self.option(.bios), .bios, biosBoot), (Self.option(.efi), .efi, efiBoot),
            (Self.option(.raspberryPi), .raspberryPi, rpi3Boot),
        ]
    }

    /// Finds wrong values before any work is done.
    private func check() throws {
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

    /// Where the options say that boot files are.
    func origins() throws -> [Firmware: BootOrigin] {
        try check()
        var origins: [Firmware: BootOrigin] = [:]
        for (_, firmware, value) in given {
            guard let value else { continue }
            if value.hasPrefix("@pkg:") {
                origins[firmware] = .package(String(value.dropFirst("@pkg:".count)))
            } else {
                origins[firmware] = Self.isPath(value) ? .directory(value) : .image(value)
            }
        }
        return origins
    }

    /// The option for the firmware's boot files.
    static func option(_ firmware: Firmware) -> String {
        switch firmware {
        case .bios: "--bios-boot"
        case .efi: "--efi-boot"
        case .raspberryPi: "--rpi3-boot"
        }
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
