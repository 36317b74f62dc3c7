import Bytes
import TestSupport
import Testing

@testable import UKI

@Suite("The check of a kernel")
struct KernelImageTests {
    /// An x86 kernel's setup header over a program.
    private func bzImage(version: UInt16 = 0x20f, loadFlags: UInt16 = 0x8, imageVersion: UInt16 = 1)
        -> [UInt8]
    {
        var program = SampleProgram.kernel()
        program.imageVersion = imageVersion
        program.sizeOfHeaders = 0x600
        var bytes = program.bytes
        bytes.store([0x55, 0xaa] as [UInt8], at: 0x1fe)
        bytes.store(Array("HdrS".utf8), at: 0x202)
        bytes.store(little: version, at: 0x206)
        bytes.store(little: UInt16(0x300), at: 0x20e)
        bytes.store(little: loadFlags, at: 0x236)
        bytes.store(little: UInt32(20), at: 0x238)
        bytes.store(Array("5.4.9-x86 (root@host) #1\0".utf8), at: 0x500)
        return bytes
    }

    @Test("an x86 kernel says its release and its longest command line")
    func x86() throws {
        let kernel = try KernelImage(ByteArrayAccess(bzImage()))
        #expect(kernel.machine == .amd64)
        #expect(kernel.release == "5.4.9-x86")
        #expect(kernel.sizeOfImage == 0x20000)
        #expect(
            throws: UKIError.commandLineTooLong(length: 21, limit: 20)
        ) {
            try UnifiedKernelImage(
                stub: SampleProgram.stub().bytes, machine: .amd64, kernel: kernel,
                parts: [
                    .init(.linux, bzImage()), .init(.commandLine, text: String(repeating: "x", count: 21)),
                ])
        }
    }

    @Test("an old x86 kernel is started by its handover entry or not at all")
    func handover() throws {
        _ = try KernelImage(ByteArrayAccess(bzImage(imageVersion: 0)))
        #expect(throws: UKIError.self) {
            try KernelImage(ByteArrayAccess(bzImage(loadFlags: 0, imageVersion: 0)))
        }
    }

    @Test("an arm64 or riscv64 Image is searched for its release")
    func release() throws {
        #expect(try KernelImage(SampleProgram.kernel(.arm64).access).release == "6.1.0-test")
        var without = SampleProgram.kernel(.riscv64)
        without.sections[0].bytes = Array("Linux version ".utf8)
        #expect(try KernelImage(without.access).release == nil)
        var far = SampleProgram.kernel(.arm64)
        far.sections[0].bytes =
            [UInt8](repeating: UInt8(ascii: "L"), count: (1 << 20) - 0x410) + far.sections[0].bytes
        #expect(try KernelImage(far.access).release == "6.1.0-test")
    }

    @Test(
        "what the stub can't start is named",
        arguments: [
            ([0x1f, 0x8b, 8, 0], "a gzip file"), ([0x7f, 0x45, 0x4c, 0x46], "an ELF file"),
            ([0x28, 0xb5, 0x2f, 0xfd], "a zstd file"), ([], "empty"),
            ([1, 2], "something that starts with the bytes 01 02"),
        ] as [([UInt8], String)])
    func others(bytes: [UInt8], found: String) throws {
        do {
            _ = try KernelImage(ByteArrayAccess(bytes))
            Issue.record("accepted")
        } catch {
            guard case .unbootableKernel(found, _) = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test("an Image without EFI stub, a 32-bit kernel, a UKI and systemd-boot are named")
    func programs() throws {
        func found(_ bytes: [UInt8]) -> String? {
            do {
                _ = try KernelImage(ByteArrayAccess(bytes))
                return nil
            } catch {
                guard case .unbootableKernel(let found, _) = error else { return "\(error)" }
                return found
            }
        }
        var image = [UInt8](repeating: 0, count: 0x400)
        image.store(Array("ARM\u{64}".utf8), at: 0x38)
        #expect(found(image) == "an arm64 Image without an EFI stub")
        var bios = bzImage()
        bios[0] = 0xea
        #expect(found(bios) == "an x86 kernel without an EFI stub")
        var program = SampleProgram.kernel()
        program.magic = 0x10b
        #expect(found(program.bytes) == "a 32-bit program (PE32)")
        program = .kernel()
        program.sections.append((".linux", [1]))
        #expect(found(program.bytes) == "a unified kernel image already")
        #expect(found(SampleProgram.stub().bytes) == "one of systemd's boot programs")
        program = .kernel(.arm64)
        program.imageVersion = 0
        #expect(found(program.bytes) == "older than Linux 5.8, which can't take an initrd from the stub")
        program = .kernel()
        program.subsystem = 3
        #expect(found(program.bytes) == "a program for another system (subsystem 3)")
    }
}
