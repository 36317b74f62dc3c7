import Bytes
import Checksums
import Decompression
import Deflate

extension FuzzFormat {
    /// Kernel images of every kind that hold a compressed kernel.
    static let kernelPayload = FuzzFormat(
        name: "kernel-payload", seeds: { KernelSeeds.all.map { Specimen($0) } },
        read: { specimen in
            guard let payload = try KernelPayload.find(in: specimen) else { return }
            guard payload.offset <= specimen.count, payload.length <= specimen.count - payload.offset else {
                throw BrokenPromise("a payload of \(payload.length) bytes at \(payload.offset)")
            }
            try readEverything(AnySource(try payload.source(in: specimen, limit: 1 << 20)))
        })
}

private enum KernelSeeds {
    static var all: [[UInt8]] { [bzImage, zboot, embedded, FuzzFormat.member(.gzip, 2000)] }

    private static let payload = FuzzFormat.member(.gzip, 3000)

    /// Documentation/arch/x86/boot.rst: four setup sectors, then the payload.
    private static var bzImage: [UInt8] {
        var image = [UInt8](repeating: 0, count: 5 * 512)
        image[0x1F1] = 4
        image.store([0x55, 0xAA], at: 0x1FE)
        image.store(Array("HdrS".utf8), at: 0x202)
        image.store(little: UInt16(0x020F), at: 0x206)
        image.store(little: UInt32(64), at: 0x248)
        image.store(little: UInt32(payload.count), at: 0x24C)
        return image + [UInt8](repeating: 0, count: 64) + payload
    }

    private static var zboot: [UInt8] {
        var image = [UInt8](repeating: 0, count: 64)
        image.store(Array("MZ\0\0zimg".utf8), at: 0)
        image.store(little: UInt32(64), at: 8)
        image.store(little: UInt32(payload.count), at: 12)
        return image + payload
    }

    /// A gzip member among other things that inflates to an arm64 Image.
    private static var embedded: [UInt8] {
        var kernel = [UInt8](repeating: 1, count: 256)
        kernel.store(Array("ARM\u{64}".utf8), at: 0x38)
        let member = StoredMember.gzip(kernel)
        return SampleTree.words(600) + [0x1F, 0x8B, 8, 0] + SampleTree.words(50) + member
    }
}

/// A gzip member whose block is stored, so that mutations reach what is in it.
enum StoredMember {
    static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        var member: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF, 1]
        member.append(little: UInt16(bytes.count))
        member.append(little: ~UInt16(bytes.count))
        let sum = bytes.withUnsafeBytes { CRC32.checksum($0) }
        return member + bytes + GzipMember.trailer(crc: sum, count: UInt64(bytes.count))
    }
}
