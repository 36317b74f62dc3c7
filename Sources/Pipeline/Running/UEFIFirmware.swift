/// UEFI firmware in a file: LinuxKit's `--fw`.
public enum UEFIFirmware: Sendable, Equatable {
    /// What the board's flash holds. The guest's changes are lost: no file is written.
    case flash(String)
    /// A ROM, which may be smaller than the flash.
    case rom(String)

    /// `size` is that of the file in bytes: the `virt` boards take a flash of one size only.
    public init(path: String, size: UInt64, architecture: GuestArchitecture) {
        switch architecture.flashSize {
        case .some(let whole) where whole != size: self = .rom(path)
        default: self = .flash(path)
        }
    }

    var arguments: [String] {
        switch self {
        case .flash(let path):
            ["-drive", "if=pflash,unit=0,format=raw,readonly=on,file=\(QEMUCommandLine.escaped(path))"]
        case .rom(let path): ["-bios", path]
        }
    }
}

extension GuestArchitecture {
    /// Bytes of a flash device of the board; nil where they follow the file.
    var flashSize: UInt64? {
        switch self {
        case .amd64: nil
        case .arm64: 64 << 20
        case .riscv64: 32 << 20
        }
    }
}
