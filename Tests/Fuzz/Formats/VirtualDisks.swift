import Bytes
import Deflate
import Digests
import FileTree
import VHD
import VMDK

extension FuzzFormat {
    /// Fixed and dynamic, with right checksums.
    static let vhd = FuzzFormat(
        name: "vhd",
        seeds: {
            let disk = try SampleDisk.make()
            let identity = SHA256Digest(hashing: disk.bytes)
            let images = [
                try VHD.writeFixed(
                    disk, identity: identity, stamp: SampleTree.stamp, to: ByteArraySink()
                ).bytes,
                try VHD.writeDynamic(
                    disk, identity: identity, stamp: SampleTree.stamp, to: ByteArraySink()
                ).bytes,
            ]
            return try images.map { try Specimen(sparse: ByteArrayAccess($0)) }
        },
        read: { specimen in try readEverything(try VHDImage(specimen)) }, repair: repairVHD)

    static let vmdk = FuzzFormat(
        name: "vmdk",
        seeds: {
            let disk = ByteArrayAccess(SampleTree.words(1024))
            let image = try VMDK.write(
                disk, identity: SHA256Digest(hashing: SampleTree.words(9)), stamp: SampleTree.stamp, jobs: 1,
                to: ByteArraySink())
            return [try Specimen(sparse: ByteArrayAccess(image.bytes))]
                + [smallGrains(compressed: true), smallGrains(compressed: false)].map { Specimen($0) }
        },
        read: { specimen in try readEverything(try VMDKImage(specimen)) })

    /// Sums up footers, whose checksum is at 64, and dynamic disk headers, whose is at 36: the complement of the
    /// sum of all bytes but its own.
    @Sendable private static func repairVHD(_ specimen: inout Specimen) {
        for segment in specimen.segments {
            for sector in stride(from: 0, to: segment.length - 511, by: 512) {
                let start = segment.start + sector
                let cookie = specimen.bytes[start..<start + 8]
                if cookie.elementsEqual("conectix".utf8) {
                    sumVHD(&specimen, at: start, length: 512, field: 64)
                } else if cookie.elementsEqual("cxsparse".utf8), segment.length - sector >= 1024 {
                    sumVHD(&specimen, at: start, length: 1024, field: 36)
                }
            }
        }
    }

    private static func sumVHD(_ specimen: inout Specimen, at start: Int, length: Int, field: Int) {
        specimen.bytes.store(big: UInt32(0), at: start + field)
        let sum = specimen.bytes[start..<start + length].reduce(UInt32(0)) { $0 &+ UInt32($1) }
        specimen.bytes.store(big: ~sum, at: start + field)
    }

    /// An image by hand, its grains the smallest that there are: 4 KiB. Two tables of eight grains, half of them there.
    private static func smallGrains(compressed: Bool) -> [UInt8] {
        var image = Array("KDMV".utf8)
        image.append(little: UInt32(1))
        image.append(little: UInt32(compressed ? 0x3_0001 : 5))
        // Capacity, grain size, no descriptor.
        for value in [128, 8, 0, 0] as [UInt64] { image.append(little: value) }
        image.append(little: UInt32(8))
        // No redundant directory, the directory in sector 1, overhead.
        for value in [0, 1, 8] as [UInt64] { image.append(little: value) }
        image += [0] + Array("\n \r\n".utf8)
        image.append(little: UInt16(compressed ? 1 : 0))
        image.align(to: 512)
        for table in [2, 3] as [UInt32] { image.append(little: table) }
        image.align(to: 512)
        var grains: [UInt8] = []
        for number in 0..<16 {
            if number == 8 { image.align(to: 512) }
            guard number % 2 == 0 else {
                image.append(little: UInt32(compressed ? 0 : number % 3 == 0 ? 1 : 0))
                continue
            }
            image.append(little: UInt32(8 + grains.count / 512))
            let grain = SampleTree.words(400) + [UInt8](repeating: UInt8(number), count: 4096 - 400)
            if compressed {
                let stream = grain.withUnsafeBytes { ZlibStream.compress($0, with: DeflateEncoder()) }
                grains.append(little: UInt64(number * 8))
                grains.append(little: UInt32(stream.count))
                grains += stream
                grains.align(to: 512)
            } else {
                grains += grain
            }
        }
        image.align(to: 4096)
        return image + grains
    }
}
