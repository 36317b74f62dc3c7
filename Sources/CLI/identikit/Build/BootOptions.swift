import ArgumentParser
import Building
import Host
import OCI
import Outputs

/// The options that choose the source of each kind of boot program.
struct BootOptions: ParsableArguments {
    private static let kinds = "an image, @pkg:DIRECTORY or a directory"

    @Option(
        help: ArgumentHelp(
            "Source of isolinux: \(Self.kinds). Default: LinuxKit's \(BootFiles.defaultImage(.bios)).",
            valueName: "source"))
    var biosBoot: String?

    @Option(
        help: ArgumentHelp(
            "Source of systemd's EFI stub: \(Self.kinds). Default: \(BootFiles.defaultImage(.efi)) in the cache, "
                + "as built by pkg build packages/boot-efi.",
            valueName: "source"))
    var efiBoot: String?

    @Option(
        help: ArgumentHelp(
            "Source of the Raspberry Pi's firmware and U-Boot: \(Self.kinds). "
                + "Default: LinuxKit's \(BootFiles.defaultImage(.raspberryPi)).",
            valueName: "source"))
    var rpi3Boot: String?

    var given: [(option: String, firmware: Firmware, value: String?)] {
        [
            (Self.option(.bios), .bios, biosBoot), (Self.option(.efi), .efi, efiBoot),
            (Self.option(.raspberryPi), .raspberryPi, rpi3Boot),
        ]
    }

    /// Rejects invalid values before any work is done.
    private func check() throws {
        for (option, _, value) in given {
            guard let value else { continue }
            if value.isEmpty || value == "@pkg:" {
                throw Failure("\(option) is empty; pass \(Self.kinds)", .usage)
            }
            if value.hasPrefix("@pkg:") || Self.isPath(value) { continue }
            do { _ = try ImageReference(value) } catch {
                throw Failure("\(option) \(value): neither a directory nor an image: \(error)", .usage)
            }
        }
    }

    /// The sources of boot files that the options name.
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

    /// The option that names the source of the firmware's boot files.
    static func option(_ firmware: Firmware) -> String {
        switch firmware {
        case .bios: "--bios-boot"
        case .efi: "--efi-boot"
        case .raspberryPi: "--rpi3-boot"
        }
    }

    /// True if `value` is written like a path, or names an existing directory.
    private static func isPath(_ value: String) -> Bool {
        if value.hasPrefix("/") || value.hasPrefix("./") || value.hasPrefix("../") || value == "." {
            return true
        }
        return (try? FileStatus.following(value))?.kind == .directory
    }
}
