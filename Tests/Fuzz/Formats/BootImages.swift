import Bytes
import Checksums
import Deflate
import FileTree
import UImage
import UKI

extension FuzzFormat {
    /// U-Boot images with one file and with several, both checksums right.
    static let uImage = FuzzFormat(
        name: "uimage",
        seeds: {
            let types: [(UImageHeader.ImageType, Int)] = [(.kernel, 1), (.multi, 3), (.script, 1)]
            return try types.map { type, count in
                let files = (1...count).map { number in
                    var file = ExtentMap()
                    file.append(SampleTree.words(number * 150))
                    return file
                }
                let image = try UImage(
                    UImage.Description(architecture: .arm64, type: type, name: "a name"), files: files,
                    time: SampleTree.stamp.time, store: SampleTree.Store())
                return try Specimen(sparse: image.extents.access(from: SampleTree.Store()))
            }
        },
        read: { specimen in
            let reader = try UImageReader(specimen)
            for file in reader.files {
                guard file.lowerBound >= 64, file.upperBound <= specimen.count else {
                    throw BrokenPromise("a file at \(file)")
                }
                try readEverything(RangeSource(reader.contents(of: file)))
            }
            try reader.verify()
        },
        repair: { specimen in
            let count = specimen.bytes.count
            guard count >= 64 else { return }
            let size = Int(specimen.bytes.big(UInt32.self, at: 12) ?? 0)
            let data = specimen.bytes[64..<64 + min(size, count - 64)].withUnsafeBytes { CRC32.checksum($0) }
            specimen.bytes.store(big: data, at: 24)
            specimen.bytes.store(big: UInt32(0), at: 4)
            let header = specimen.bytes[..<64].withUnsafeBytes { CRC32.checksum($0) }
            specimen.bytes.store(big: header, at: 4)
        })

    /// EFI programs and unified kernel images.
    static let efiProgram = FuzzFormat(
        name: "uki",
        seeds: {
            [try EFISeeds.unified(stub: EFISeeds.stub), Specimen(EFISeeds.stub), Specimen(EFISeeds.kernel)]
        },
        read: { specimen in
            let reader = try UnifiedKernelImageReader(specimen)
            for section in reader.sections {
                try readEverything(RangeSource(reader.contents(of: section)))
            }
            for section in UKISection.allCases { _ = reader.contents(of: section) }
        })

    /// systemd's stub as somebody gives it to us: what we make of it can be read.
    static let efiStub = FuzzFormat(
        name: "efi-stub", seeds: { [Specimen(EFISeeds.stub)] },
        read: { specimen in
            let image = try EFISeeds.unified(stub: specimen.allBytes)
            _ = try UnifiedKernelImageReader(image)
        })

    /// Kernels as somebody gives them to us.
    static let kernelImage = FuzzFormat(
        name: "kernel-image", seeds: { [Specimen(EFISeeds.kernel), Specimen(EFISeeds.kernelWithSetup)] },
        read: { specimen in _ = try KernelImage(specimen) })
}

/// Small EFI programs: headers (Microsoft's PE/COFF specification) and sections, no code.
private enum EFISeeds {
    static let stub = program([
        (".text", [UInt8](repeating: 0xCC, count: 300)), (".sbat", Array("sbat,1".utf8)),
        (".sdmagic", Array("#### LoaderInfo: systemd-stub 256.1-1 ####\0".utf8)),
    ])

    static let kernel = program([
        (".text", Array("\0Linux version %s\0Linux version 6.1.0-test (gcc) #1".utf8))
    ])

    /// With the setup header of x86 (Documentation/arch/x86/boot.rst), which says where the release stands.
    static var kernelWithSetup: [UInt8] {
        var bytes = kernel
        bytes.append(zeros: max(0, 0x800 - bytes.count))
        bytes[0x1F1] = 1
        bytes.store([0x55, 0xAA], at: 0x1FE)
        bytes.store(Array("HdrS".utf8), at: 0x202)
        bytes.store(little: UInt16(0x020F), at: 0x206)
        bytes.store(little: UInt16(0x500), at: 0x20E)
        bytes.store(little: UInt32(2047), at: 0x238)
        bytes.store(Array("6.1.0-test (someone)\0".utf8), at: 0x700)
        return bytes
    }

    static func unified(stub: [UInt8]) throws -> Specimen {
        let parts: [UnifiedKernelImage.Part] = [
            .init(.linux, kernel), .init(.initrd, SampleTree.words(700)),
            .init(.commandLine, Array("console=ttyS0".utf8)), .init(.osRelease, Array("ID=a\n".utf8)),
        ]
        let image = try UnifiedKernelImage(
            stub: stub, machine: .amd64, kernel: KernelImage(ByteArrayAccess(kernel)), parts: parts)
        return try Specimen(sparse: image.extents.access(from: SampleTree.Store()))
    }

    private static func program(_ sections: [(name: String, bytes: [UInt8])]) -> [UInt8] {
        let headers = 0x400
        var bytes = Array("MZ".utf8)
        bytes.append(zeros: 0x3A)
        bytes.append(little: UInt32(0x80))
        bytes.append(zeros: 0x80 - bytes.count)
        bytes += [0x50, 0x45, 0, 0]
        bytes.append(little: MachineType.amd64.rawValue)
        bytes.append(little: UInt16(sections.count))
        bytes.append(zeros: 12)
        bytes.append(little: UInt16(240))
        bytes.append(little: UInt16(0x206))
        let optional = bytes.count
        bytes.append(zeros: 240)
        bytes.store(little: UInt16(0x20B), at: optional)
        bytes.store(little: UInt32(0x200), at: optional + 32)
        bytes.store(little: UInt32(0x200), at: optional + 36)
        bytes.store(little: UInt16(1), at: optional + 44)
        bytes.store(little: UInt32(0x20000), at: optional + 56)
        bytes.store(little: UInt32(headers), at: optional + 60)
        bytes.store(little: UInt16(10), at: optional + 68)
        bytes.store(little: UInt32(16), at: optional + 108)
        var body: [UInt8] = []
        for (number, section) in sections.enumerated() {
            bytes += section.name.utf8
            bytes.append(zeros: 8 - section.name.utf8.count)
            let padded = (section.bytes.count + 511) / 512 * 512
            for value in [section.bytes.count, 0x1000 * (number + 1), padded, headers + body.count] {
                bytes.append(little: UInt32(value))
            }
            bytes.append(zeros: 12)
            bytes.append(little: UInt32(0x4000_0040))
            body += section.bytes
            body.align(to: 512)
        }
        bytes.align(to: headers)
        return bytes + body
    }
}
