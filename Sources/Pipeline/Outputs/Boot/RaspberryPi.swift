internal import Assembly
internal import Bytes
internal import Decompression
internal import FileTree
internal import Tar
internal import UImage

/// The contents of a Raspberry Pi's SD card: its firmware, U-Boot, and kernel and initrd in U-Boot's format.
enum RaspberryPi {
    /// The files that the boot ROM and U-Boot need. Only the loader is required; users add the firmware, which
    /// Debian distributes as non-free.
    static let loader = "u-boot.bin"
    static let firmware = ["bootcode.bin", "fixup.dat", "start.elf"]
    static let optional = [
        "LICENCE.broadcom", "fixup_cd.dat", "fixup_x.dat", "start_cd.elf", "start_x.elf",
    ]

    static let configurationName = "config.txt"

    /// The firmware's configuration: start U-Boot in 64-bit mode, with the serial console.
    static let configuration = "arm_64bit=1\navoid_warnings=1\nenable_uart=1\nkernel=u-boot.bin\n"

    /// The load address of an arm64 kernel with this header: its `text_offset` above a multiple of 2 MiB
    /// (Documentation/arch/arm64/booting.rst), beyond U-Boot's first pages. Nil if it is not an arm64 kernel.
    static func kernelAddress(head: [UInt8]) -> UInt32? {
        guard head.count >= 64, head[0x38...].starts(with: Array("ARM\u{64}".utf8)),
            let offset: UInt64 = head.little(at: 8), offset < 0x20_0000
        else { return nil }
        return 0x0020_0000 + UInt32(offset)
    }

    // Addresses in memory at which the script loads files, above the space for the unpacked kernel.
    private static let treeAddress: UInt32 = 0x0b00_0000
    private static let kernelImageAddress: UInt32 = 0x0c00_0000
    private static let initrdAddress: UInt32 = 0x1000_0000
    /// The lowest possible start of the graphics processor's memory.
    private static let memoryEnd: UInt32 = 0x3b00_0000

    /// The maximum size in bytes of an unpacked kernel in U-Boot (`CONFIG_SYS_BOOTM_LEN`, 64 MiB on arm64).
    static let largestKernel: UInt64 = 64 << 20
    /// The maximum size in bytes of an initrd between its address and the graphics memory.
    static let largestInitrd = UInt64(memoryEnd - initrdAddress)

    /// The script that U-Boot runs. It uses the device tree that U-Boot selects for the board.
    static func script(commandLine: ByteString) -> ByteString {
        func load(_ address: UInt32, _ name: String) -> String {
            "load ${devtype} ${devnum}:${distro_bootpart} 0x\(String(address, radix: 16)) \(name)\n"
        }
        let lines =
            "if test -z \"${devtype}\"; then setenv devtype mmc; setenv devnum 0; fi\n"
            + "if test -z \"${distro_bootpart}\"; then setenv distro_bootpart 1; fi\n"
            + "if test -z \"${fdtfile}\"; then setenv fdtfile broadcom/bcm2837-rpi-3-b.dtb; fi\n"
            + "setenv initrd_high 0xffffffffffffffff\nsetenv fdt_high 0xffffffffffffffff\n"
            + load(kernelImageAddress, "kernel.uimg") + load(initrdAddress, "initrd.uimg")
            + load(treeAddress, "dtb/${fdtfile}")
            + "bootm 0x\(String(kernelImageAddress, radix: 16)) 0x\(String(initrdAddress, radix: 16)) "
            + "0x\(String(treeAddress, radix: 16))\n"
        return "setenv bootargs '" + commandLine + "'\n" + ByteString(lines)
    }
}

extension OutputSession {
    /// Writes the card's files as a tar archive.
    func writeRaspberryPiArchive(_ format: OutputFormat, _ suffix: String) throws -> WrittenFile {
        let members = try raspberryPiFiles(format).sorted { $0.path < $1.path }
        return try writeFile(path(suffix)) { sink in
            var writer = TarWriter(sink)
            for (path, extents) in members {
                var header = TarHeader(name: path, typeFlag: .regular)
                header.mode = 0o644
                header.size = extents.count
                header.modified = stamp.time
                try writer.write(header, contents: extents, from: store)
            }
            return try writer.finish()
        }
    }

    private func raspberryPiFiles(
        _ format: OutputFormat
    ) throws -> [(path: ByteString, contents: ExtentMap)] {
        var files: [(path: ByteString, contents: ExtentMap)] = []
        func add(_ name: String, _ bytes: [UInt8]) {
            var map = ExtentMap()
            map.append(bytes)
            files.append((ByteString(name), map))
        }
        add(RaspberryPi.loader, try bootFile(RaspberryPi.loader, for: .raspberryPi))
        for name in RaspberryPi.firmware + RaspberryPi.optional {
            guard let bytes = try optionalBootFile(name, for: .raspberryPi) else {
                if RaspberryPi.firmware.contains(name) { onWarning(Self.missingFirmware(name)) }
                continue
            }
            add(name, bytes)
        }
        let configuration = try optionalBootFile(RaspberryPi.configurationName, for: .raspberryPi)
        add(RaspberryPi.configurationName, configuration ?? Array(RaspberryPi.configuration.utf8))
        let script = RaspberryPi.script(commandLine: try raspberryPiCommandLine())
        add("boot.script", script.bytes)
        files.append(("boot.scr", try uImage(.script, ExtentMap(.bytes(script)), name: "RPi3")))
        files.append(("kernel.uimg", try kernelImage(format)))
        let initrd = try stagedInitrd(for: format)
        files.append(("initrd.uimg", try uImage(.ramdisk, ExtentMap(initrd.contents))))
        return files + (try deviceTrees)
    }

    private static func missingFirmware(_ name: String) -> String {
        "rpi3: boot file \(name) not found; a Raspberry Pi does not start without it; add it from "
            + "Debian's raspi-firmware or the Raspberry Pi's own firmware repository"
    }

    /// The kernel, which U-Boot itself unpacks if it is compressed with gzip.
    private func kernelImage(_ format: OutputFormat) throws -> ExtentMap {
        guard let kernel = image.bootParts.kernel, kernel.count > 0 else {
            throw OutputError.noKernel(format: format.name)
        }
        let access = ContentReader(kernel, from: store)
        let payload = try access.isCompressed ? KernelPayload.find(in: access) : nil
        let isGzip = payload?.compression == .gzip
        guard payload == nil || isGzip,
            let address = RaspberryPi.kernelAddress(
                head: try payload?.head(in: access)
                    ?? access.bytes(at: 0, length: Int(min(kernel.count, 64)), of: "kernel"))
        else { throw OutputError.kernelNotForUBoot(format: format.name) }
        let size = try payload?.size(in: access, upTo: RaspberryPi.largestKernel) ?? kernel.count
        guard size <= RaspberryPi.largestKernel else {
            throw OutputError.kernelTooLarge(format: format.name, limit: RaspberryPi.largestKernel)
        }
        return try uImage(
            .kernel, ExtentMap(kernel), compression: isGzip ? .gzip : .none, address: address)
    }

    private func uImage(
        _ type: UImageHeader.ImageType, _ contents: ExtentMap, compression: UImageHeader.Compression = .none,
        address: UInt32 = 0, name: ByteString = ""
    ) throws -> ExtentMap {
        let description = UImage.Description(
            architecture: .arm64, type: type, compression: compression, loadAddress: address,
            entryPoint: address, name: name)
        return try UImage(description, files: [contents], time: stamp.time, store: store).extents
    }

    /// Rejects quotes, as U-Boot's shell cannot escape a quote inside quotes.
    private func raspberryPiCommandLine() throws -> ByteString {
        let text = try commandLine().checked()
        if text.bytes.contains(0x27) { throw OutputError.quoteInCommandLine }
        return text
    }

    /// The board's device trees, from their usual place in kernel images.
    private var deviceTrees: [(path: ByteString, contents: ExtentMap)] {
        get throws {
            let links = ImageLinks(image.body.map(\.entry))
            var found: [ByteString: ExtentMap] = [:]
            for header in image.body.map(\.entry.header) where header.typeFlag != .directory {
                let name = header.name
                guard name.hasPrefix("boot/dtb/broadcom/bcm2"), name.hasSuffix(".dtb"),
                    name.text.contains("-rpi-3-b"), let (file, _) = try links.file(at: name)
                else { continue }
                found[ByteString(name.bytes.dropFirst("boot/".utf8.count))] = ExtentMap(file.contents)
            }
            return found.sorted { $0.key < $1.key }.map { (path: $0.key, contents: $0.value) }
        }
    }
}

extension KernelPayload {
    /// The unpacked size in bytes; any number above `limit` if it is larger.
    fileprivate func size(
        in image: some RandomAccessBytes, upTo limit: UInt64
    ) throws(StreamError) -> UInt64 {
        var source = try self.source(in: image)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { buffer.deallocate() }
        var size: UInt64 = 0
        while size <= limit, case let count = try source.read(into: buffer), count > 0 {
            size += UInt64(count)
        }
        return size
    }

    /// The first 64 unpacked bytes.
    fileprivate func head(in image: some RandomAccessBytes) throws(StreamError) -> [UInt8] {
        var source = try self.source(in: image)
        var bytes = [UInt8](repeating: 0, count: 64)
        var filled = 0
        while filled < bytes.count {
            var chunk = [UInt8](repeating: 0, count: bytes.count - filled)
            let result = chunk.withUnsafeMutableBytes { buffer -> Result<Int, StreamError> in
                do throws(StreamError) { return .success(try source.read(into: buffer)) } catch {
                    return .failure(error)
                }
            }
            let count = try result.get()
            if count == 0 { break }
            bytes.store(chunk[..<count], at: filled)
            filled += count
        }
        return Array(bytes[..<filled])
    }
}
