import Bytes
import Testing

@testable import UKI

@Suite("Hostile EFI programs")
struct HostileImageTests {
    /// Everything there is in `bytes`.
    private func readAll(_ bytes: [UInt8]) throws {
        let reader = try UnifiedKernelImageReader(ByteArrayAccess(bytes))
        for section in reader.sections {
            let access = reader.contents(of: section)
            _ = try access.bytes(at: 0, length: Int(access.count), of: "section")
        }
    }

    @Test("cut off anywhere, an image is an error or complete")
    func truncation() throws {
        var program = SampleProgram.stub()
        program.trailer = []
        let bytes = program.bytes
        try readAll(bytes)
        for length in 0..<bytes.count {
            #expect(throws: UKIError.self, "at \(length)") { try readAll(Array(bytes[..<length])) }
        }
    }

    @Test("sections over headers, over each other and beyond the end are refused")
    func overlaps() throws {
        let table = SampleProgram.sectionTableOffset
        for (row, value) in [(0, UInt32(0x100)), (1, 0x400), (2, 0x4000), (2, .max)] {
            var bytes = SampleProgram.stub().bytes
            bytes.store(little: value, at: table + row * 40 + 20)
            #expect(throws: UKIError.self, "row \(row), \(value)") { try readAll(bytes) }
        }
        var bytes = SampleProgram.stub().bytes
        bytes.store(little: UInt32.max, at: table + 40 + 16)
        #expect(throws: UKIError.self) { try readAll(bytes) }
    }

    @Test("absurd counts, places and alignments are refused")
    func absurd() throws {
        let signature = SampleProgram.signatureOffset
        var bytes = SampleProgram.stub().bytes
        bytes.store(little: UInt16.max, at: signature + 6)
        #expect(throws: UKIError.self) { try readAll(bytes) }
        bytes = SampleProgram.stub().bytes
        bytes.store(little: UInt32.max, at: 0x3c)
        #expect(throws: UKIError.self) { try readAll(bytes) }
        bytes = SampleProgram.stub().bytes
        bytes.store(little: UInt16.max, at: signature + 20)
        #expect(throws: UKIError.self) { try readAll(bytes) }
        for value in [0, 3, UInt32.max] {
            bytes = SampleProgram.stub().bytes
            bytes.store(little: value, at: signature + 24 + 32)
            #expect(throws: UKIError.self) { try readAll(bytes) }
        }
    }

    @Test("any byte of the headers may be wrong, as a stub, a kernel or an image, without a crash")
    func flips() throws {
        let good = SampleProgram.stub().bytes
        let kernel = try KernelImage(SampleProgram.kernel().access)
        for index in 0..<0x300 {
            for value in [UInt8(0), 1, 0x7f, 0x80, 0xff] {
                var bytes = good
                bytes[index] = value
                try? readAll(bytes)
                _ = try? KernelImage(ByteArrayAccess(bytes))
                _ = try? UnifiedKernelImage(
                    stub: bytes, machine: .amd64, kernel: kernel,
                    parts: [.init(.linux, [1]), .init(.initrd, [1])])
            }
        }
    }
}
