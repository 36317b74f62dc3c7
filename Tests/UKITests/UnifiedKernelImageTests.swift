import Bytes
import Digests
import FileTree
import TestSupport
import Testing

@testable import UKI

struct NoBlobs: BlobStore {
    func open(_ digest: SHA256Digest) throws(StreamError) -> any RandomAccessBytes {
        throw .unexpectedEnd(of: "blob", offset: 0)
    }
}

@Suite("A unified kernel image")
struct UnifiedKernelImageTests {
    private func image(
        stub: SampleProgram = .stub(), kernel: SampleProgram = .kernel(), _ parts: [UnifiedKernelImage.Part]
    ) throws -> (UnifiedKernelImage, [UInt8]) {
        let image = try UnifiedKernelImage(
            stub: stub.bytes, machine: stub.machine, kernel: KernelImage(kernel.access), parts: parts)
        var sink = ByteArraySink()
        try image.extents.write(to: &sink, from: NoBlobs())
        return (image, sink.bytes)
    }

    private var parts: [UnifiedKernelImage.Part] {
        [
            .init(.linux, SampleProgram.kernel().bytes), .init(.initrd, [UInt8](repeating: 7, count: 5000)),
            .init(.commandLine, text: "console=ttyS0"), .init(.osRelease, text: "ID=test\n"),
            .init(.splash, []),
        ]
    }

    @Test("sections come in systemd's order, the kernel last, behind the stub's own")
    func order() throws {
        let (_, bytes) = try image(parts)
        let reader = try UnifiedKernelImageReader(ByteArrayAccess(bytes))
        #expect(
            reader.sections.map(\.name.text) == [
                ".text", ".sbat", ".sdmagic", ".osrel", ".cmdline", ".uname", ".initrd", ".linux",
            ])
        #expect(reader.machine == .amd64)
    }

    @Test("what went in comes out, at the offset that is said")
    func roundTrip() throws {
        let (made, bytes) = try image(parts)
        let reader = try UnifiedKernelImageReader(ByteArrayAccess(bytes))
        for part in parts where part.contents.count > 0 {
            let access = try #require(reader.contents(of: part.section))
            let found = try access.bytes(at: 0, length: Int(access.count), of: "section")
            let given = try part.contents.access(from: NoBlobs()).bytes(
                at: 0, length: Int(part.contents.count), of: "part")
            #expect(Array(found.prefix(given.count)) == given, "\(part.section)")
            #expect(found.dropFirst(given.count).allSatisfy { $0 == 0 })
            let offset = try #require(made.offset(of: part.section))
            #expect(offset % 4096 == 0)
            #expect(Array(bytes[Int(offset)...].prefix(given.count)) == given)
        }
        #expect(made.offset(of: .splash) == nil)
        #expect(reader.contents(of: .splash) == nil)
        let uname = try #require(reader.contents(of: .uname))
        #expect(try uname.bytes(at: 0, length: Int(uname.count), of: "uname") == Array("6.1.0-test".utf8))
    }

    @Test("sections neither overlap nor leave gaps in the file, and the header's sums are right")
    func layout() throws {
        let (_, bytes) = try image(parts)
        let sections = try UnifiedKernelImageReader(ByteArrayAccess(bytes)).sections
        for (section, next) in zip(sections, sections.dropFirst()) {
            #expect(section.rawEnd == UInt64(next.pointerToRawData), "after \(section.name)")
            #expect(section.virtualEnd <= UInt64(next.virtualAddress), "after \(section.name)")
        }
        let linux = try #require(sections.last)
        #expect(linux.rawEnd == UInt64(bytes.count))
        #expect(linux.virtualSize == 0x20000)
        #expect(linux.characteristics == [.code, .execute, .read])
        let optional = SampleProgram.signatureOffset + 24
        #expect(bytes.little(UInt32.self, at: optional + 56) == linux.virtualAddress + linux.virtualSize)
        #expect(bytes.little(UInt32.self, at: optional + 64) == 0)
        #expect(bytes.little(UInt32.self, at: optional + 4) == linux.sizeOfRawData)
        let data = sections.filter { $0.characteristics == [.initializedData, .read] }
        #expect(
            bytes.little(UInt32.self, at: optional + 8) == data.map(\.sizeOfRawData).reduce(0, +))
    }

    @Test("a symbol table and signatures behind the stub's sections do not come along")
    func trailer() throws {
        var stub = SampleProgram.stub()
        stub.symbolTable = 0x1000
        let (_, bytes) = try image(stub: stub, parts)
        #expect(bytes.little(UInt64.self, at: SampleProgram.signatureOffset + 12) == 0)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(!text.contains("symbols"))
    }

    @Test("parts in another order give the same bytes")
    func orderOfParts() throws {
        #expect(try image(parts).1 == image(parts.reversed()).1)
    }

    @Test("a stub whose header is full is refused with the figures")
    func noRoom() throws {
        var stub = SampleProgram.stub()
        stub.sizeOfHeaders = UInt32(SampleProgram.sectionTableOffset + 3 * 40 + 2 * 40)
        #expect(throws: UKIError.noRoomForSections(needed: 5, room: 2)) { try image(stub: stub, parts) }
    }

    @Test("a stub of an old arm64 toolchain has its mark among the data and nops behind its headers")
    func arm64Stub() throws {
        var stub = SampleProgram.stub(.arm64)
        stub.sections[2].name = ".data"
        stub.filler = [0x1f, 0x20, 0x03, 0xd5]
        var kernel = SampleProgram.kernel(.arm64)
        kernel.sections[0].bytes = [1]
        let (made, bytes) = try image(
            stub: stub, kernel: kernel, [.init(.linux, kernel.bytes), .init(.initrd, [1])])
        let sections = try UnifiedKernelImageReader(ByteArrayAccess(bytes)).sections
        #expect(sections.map(\.name.text) == [".text", ".sbat", ".data", ".initrd", ".linux"])
        #expect(made.offset(of: .initrd) != nil)
        stub.filler = [1, 0, 0, 0]
        #expect(throws: UKIError.noRoomForSections(needed: 2, room: 0)) {
            try image(stub: stub, kernel: kernel, [.init(.linux, kernel.bytes), .init(.initrd, [1])])
        }
    }

    @Test("what is no systemd stub is named")
    func otherStubs() throws {
        var stub = SampleProgram.stub()
        stub.sections[2].bytes = Array("#### LoaderInfo: systemd-boot 252 ####".utf8)
        #expect(throws: UKIError.notAStub(found: "systemd-boot")) { try image(stub: stub, parts) }
        stub.sections[2] = ("mods", Array("menu".utf8))
        #expect(throws: UKIError.notAStub(found: "GRUB")) { try image(stub: stub, parts) }
        #expect(
            throws: UKIError.wrongMachine(of: "the EFI stub", found: .arm64, expected: .amd64)
        ) {
            try UnifiedKernelImage(
                stub: SampleProgram.stub(.arm64).bytes, machine: .amd64,
                kernel: KernelImage(SampleProgram.kernel().access), parts: parts)
        }
        #expect(throws: UKIError.notPortableExecutable(of: "the EFI stub", found: "an ELF file")) {
            try UnifiedKernelImage(
                stub: [0x7f, 0x45, 0x4c, 0x46] + [UInt8](repeating: 0, count: 100), machine: .amd64,
                kernel: KernelImage(SampleProgram.kernel().access), parts: parts)
        }
    }

    @Test("a kernel for another machine, a second .linux and none are refused")
    func wrongParts() throws {
        #expect(throws: UKIError.wrongMachine(of: "the kernel", found: .riscv64, expected: .amd64)) {
            try image(kernel: .kernel(.riscv64), parts)
        }
        #expect(throws: UKIError.duplicateSection(.initrd)) {
            try image(parts + [.init(.initrd, [1])])
        }
        #expect(throws: UKIError.self) { try image(Array(parts.dropFirst())) }
    }

    @Test("microcode has a section of its own only where the stub knows it")
    func microcode() throws {
        #expect(throws: UKIError.stubTooOld(section: .microcode, version: 252, needed: 256)) {
            try image(parts + [.init(.microcode, [1])])
        }
        let (made, _) = try image(stub: .stub(version: "257.1"), parts + [.init(.microcode, [1])])
        #expect(made.offset(of: .microcode) != nil)
    }

    @Test("what reaches beyond 4 GiB is refused, without being read")
    func tooLarge() throws {
        var huge = ExtentMap()
        huge.append(zeros: 4 << 30)
        #expect(throws: UKIError.self) { try image(parts.dropFirst(2) + [parts[0], .init(.initrd, huge)]) }
        var large = ExtentMap()
        large.append(zeros: 3 << 30)
        let made = try UnifiedKernelImage(
            stub: SampleProgram.stub().bytes, machine: .amd64,
            kernel: KernelImage(SampleProgram.kernel().access),
            parts: [parts[0], .init(.initrd, large)])
        #expect(made.extents.count > 3 << 30)
        var absurd = ExtentMap()
        absurd.append(zeros: .max - 10)
        #expect(throws: UKIError.tooLarge(section: .initrd, end: .max)) {
            try UnifiedKernelImage(
                stub: SampleProgram.stub().bytes, machine: .amd64,
                kernel: KernelImage(SampleProgram.kernel().access), parts: [parts[0], .init(.initrd, absurd)])
        }
    }
}
