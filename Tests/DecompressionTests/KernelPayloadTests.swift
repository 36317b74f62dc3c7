import Bytes
import Decompression
import Foundation
import Host
import TestSupport
import Testing

/// Bytes in place of a kernel, with an ELF file's magic.
private let kernel = [0x7f, 0x45, 0x4c, 0x46] + Fixture.plainText

/// A bzImage (protocol 2.08, two setup sectors) around `payload`.
private func bzImage(_ payload: [UInt8], version: UInt8 = 0x0f) -> [UInt8] {
    var image = [UInt8](repeating: 0x90, count: 3 * 512 + 100)
    image[0x1f1] = 2
    image.replaceSubrange(0x1fe..<0x200, with: [0x55, 0xaa])
    image.replaceSubrange(0x202..<0x206, with: Array("HdrS".utf8))
    image.replaceSubrange(0x206..<0x208, with: [version, 0x02])
    image.replaceSubrange(0x248..<0x24c, with: [100, 0, 0, 0])
    let length = payload.count
    image.replaceSubrange(0x24c..<0x250, with: [UInt8(length & 0xff), UInt8(length >> 8), 0, 0])
    return image + payload + [UInt8](repeating: 0xcc, count: 64)
}

private func inflate(_ image: [UInt8]) throws -> [UInt8]? {
    let access = ByteArrayAccess(image)
    guard let payload = try KernelPayload.find(in: access) else { return nil }
    var source = try payload.source(in: access)
    return try source.readAll(limit: 64 << 20, of: "kernel")
}

@Suite struct KernelPayloadTests {
    @Test(arguments: [Compression.gzip, .zstd, .xz, .lz4, .lz4Legacy])
    func aCompressedFileIsItsOwnPayload(_ compression: Compression) throws {
        let bytes = try #require(Fixture.text[compression])
        let payload = try KernelPayload.find(in: ByteArrayAccess(bytes))
        #expect(payload?.container == .file)
        #expect(try inflate(bytes) == Fixture.plainText)
    }

    @Test(arguments: [Compression.gzip, .zstd, .xz, .lz4Legacy])
    func aBzImageNamesItsPayload(_ compression: Compression) throws {
        var bytes = try #require(Fixture.text[compression])
        // All but gzip are followed by the decompressed size.
        if compression != .gzip {
            bytes += [UInt8(Fixture.plainText.count & 0xff), UInt8(Fixture.plainText.count >> 8), 0, 0]
        }
        let image = bzImage(bytes)
        let payload = try #require(try KernelPayload.find(in: ByteArrayAccess(image)))
        #expect(payload.container == .bzImage)
        #expect(payload.compression == compression)
        #expect(payload.offset == 3 * 512 + 100)
        #expect(try inflate(image) == Fixture.plainText)
    }

    @Test func aZbootImageNamesItsPayload() throws {
        let bytes = try #require(Fixture.text[.zstd]) + [0x20, 0x03, 0, 0]
        let header = Array("MZ\0\0zimg".utf8) + [64, 0, 0, 0, UInt8(bytes.count), 0, 0, 0]
        let image = header + [UInt8](repeating: 0, count: 64 - header.count) + bytes + [1, 2, 3]
        #expect(try KernelPayload.find(in: ByteArrayAccess(image))?.container == .zboot)
        #expect(try inflate(image) == Fixture.plainText)
    }

    @Test func aPayloadOutsideTheFileIsRefused() throws {
        var image = bzImage([1, 2, 3, 4])
        image[0x24f] = 0xff
        #expect(throws: StreamError.self) { try inflate(image) }
        image = Array(bzImage([]).dropLast(64))
        #expect(throws: StreamError.self) { try inflate(image) }
    }

    @Test func anUnreadablePayloadIsNamed() throws {
        let image = bzImage([0x42, 0x5a, 0x68, 0x39, 0, 0])
        let error = failure { () throws(StreamError) in
            _ = try KernelPayload.find(in: ByteArrayAccess(image))
            return []
        }
        guard case .corrupt(_, let offset, let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(offset == 3 * 512 + 100)
        #expect(reason.contains("bzip2"), "\(reason)")
    }

    @Test(.enabled(if: Tool.available("gzip"))) func aGzippedKernelIsFoundAnywhere() throws {
        let member = try Tool.run("gzip", ["-nc"], input: kernel).output
        let decoy = try #require(Fixture.text[.gzip])
        let image =
            [UInt8](repeating: 0x1f, count: 5000) + [0x1f, 0x8b, 0x08, 0xff] + decoy + member + [9, 9]
        #expect(try KernelPayload.find(in: ByteArrayAccess(image))?.container == .embedded)
        #expect(try inflate(image) == kernel)
    }

    @Test func aPlainKernelHasNoPayload() throws {
        // The gzip member in it is the kernel's configuration or its initramfs.
        let config = try #require(Fixture.text[.gzip])
        #expect(try inflate(kernel + config) == nil)
        #expect(try inflate([]) == nil)
        #expect(try inflate([0x1f]) == nil)
        #expect(try inflate([UInt8](repeating: 7, count: 3000) + config) == nil)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "\(Conformance.directory)/../kernel/bzImage")))
    func aRealBzImageInflatesToAnELFOfTheSizeItNames() throws {
        let file = URL(fileURLWithPath: "\(Conformance.directory)/../kernel/bzImage")
        let image = Array(try Data(contentsOf: file))
        let payload = try #require(try KernelPayload.find(in: ByteArrayAccess(image)))
        let end = Int(payload.offset + payload.length)
        let size = image[end - 4..<end].reversed().reduce(0) { $0 << 8 | Int($1) }
        let kernel = try #require(try inflate(image))
        #expect(kernel.count == size)
        #expect(kernel.starts(with: [0x7f, 0x45, 0x4c, 0x46]))
    }
}
