public import Bytes

/// What a kernel's own headers say that matters to the stub that starts it.
public struct KernelImage: Sendable {
    public let machine: MachineType
    /// Bytes that the kernel takes in memory before it runs, as its `SizeOfImage` says.
    public let sizeOfImage: UInt32
    /// What `uname -r` will say; nil if the image does not tell.
    public let release: String?
    /// The longest command line that it takes, in bytes without a zero; nil if the image does not tell.
    public let commandLineLimit: UInt64?

    private static let what = "the kernel"

    /// Checks `image`, of which the first kilobytes are read, and of a plain arm64 or riscv64 Image all up to the
    /// place where its release stands. Throws `unbootableKernel` for what the stub can't start.
    public init(_ image: some RandomAccessBytes) throws(UKIError) {
        let start: [UInt8]
        do throws(StreamError) {
            start = try image.bytes(at: 0, length: Int(min(0x400, image.count)), of: Self.what)
        } catch { throw .stream(error) }
        let setup = X86SetupHeader(start)
        guard start.starts(with: Array("MZ".utf8)) else {
            throw Self.unbootable(FoundBytes(start).description)
        }
        let headers: PortableExecutable
        do throws(UKIError) {
            headers = try PortableExecutable(image, of: Self.what)
        } catch {
            if case .notPortableExecutable(_, let found) = error { throw Self.unbootable(found) }
            throw error
        }
        try Self.check(headers, setup)
        machine = headers.machine
        sizeOfImage = headers.optionalHeader.sizeOfImage
        commandLineLimit = setup?.commandLineSize
        if let setup {
            release = try Self.release(image, at: setup.kernelVersion)
        } else {
            release = try ReleaseSearch.release(in: image)
        }
    }

    private static func check(
        _ headers: PortableExecutable, _ setup: X86SetupHeader?
    ) throws(UKIError) {
        guard headers.optionalHeader.subsystem == OptionalHeader.efiApplication else {
            throw unbootable("a program for another system (subsystem \(headers.optionalHeader.subsystem))")
        }
        if headers.section(named: UKISection.linux.name) != nil {
            throw .unbootableKernel(
                found: "a unified kernel image already", remedy: "give the kernel that it was made of")
        }
        if headers.section(named: ".sdmagic") != nil {
            throw unbootable("one of systemd's boot programs")
        }
        // Since Linux 5.8 the image version is 1 or more and says that the kernel finds its initrd by itself.
        let findsInitrd = headers.optionalHeader.majorImageVersion >= 1
        guard findsInitrd || setup?.hasHandover == true else {
            throw .unbootableKernel(
                found: "older than Linux 5.8, which can't take an initrd from the stub",
                remedy: "use Linux 5.8 or later")
        }
    }

    private static func unbootable(_ found: String) -> UKIError {
        let remedy =
            switch found {
            case let found where found.hasSuffix(" file"): "give the kernel itself, as it is inside"
            default: "use one that is built with CONFIG_EFI_STUB"
            }
        return .unbootableKernel(found: found, remedy: remedy)
    }

    /// The first word of the text at `offset`.
    private static func release(
        _ image: some RandomAccessBytes, at offset: UInt64?
    ) throws(UKIError) -> String? {
        guard let offset, offset < image.count else { return nil }
        let length = Int(min(UInt64(ReleaseSearch.limit + 1), image.count - offset))
        do throws(StreamError) {
            return ReleaseSearch.release(try image.bytes(at: offset, length: length, of: what)[...])
        } catch { throw .stream(error) }
    }
}
