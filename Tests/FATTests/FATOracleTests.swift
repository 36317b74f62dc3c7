import Bytes
import FAT
import FileTree
import Foundation
import Host
import TestSupport
import Testing

/// Other people's tools judge what we wrote, and make what we read.
@Suite struct FATOracleTests {
    /// Width, size of clusters, size of the volume.
    static let forms: [(FATType?, UInt64?, FATOptions.Size)] = [
        (nil, nil, .fitting(minimum: 0)),
        (.fat12, 512, .exactly(2 << 20)),
        (.fat12, 4096, .exactly((4 << 20) + 512)),
        (.fat16, nil, .fitting(minimum: 0)),
        (.fat16, 512, .exactly(20 << 20)),
        (.fat16, 32768, .fitting(minimum: 0)),
        (.fat32, nil, .fitting(minimum: 0)),
        (.fat32, 4096, .exactly(300 << 20)),
        (nil, nil, .fitting(minimum: 600 << 20)),
    ]

    private static let environment = [
        "LC_ALL": "C.UTF-8", "MTOOLS_SKIP_CHECK": "0", "TZ": "UTC", "PATH": "/usr/bin:/usr/sbin:/bin:/sbin",
    ]

    @Test(
        "fsck.fat finds no fault, minfo our values, and mcopy every file",
        .enabled(
            if: Tool.available("fsck.fat", "mcopy", "minfo", "mdir"), "dosfstools or mtools is not installed"),
        arguments: forms)
    func judged(_ type: FATType?, _ cluster: UInt64?, _ size: FATOptions.Size) throws {
        let volume = try FATVolume(
            files: Volume.samples, options: Volume.options(size, type: type, cluster: cluster))
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/volume"
        try Volume.write(volume, to: path)
        let check = try Tool.run("fsck.fat", ["-n", "-v", path], environment: Self.environment)
        #expect(!check.outputText.contains("differ"), "\(check.outputText)")
        #expect(check.outputText.contains("\(volume.clusterSize) bytes per cluster"))
        #expect(check.outputText.contains("/\(volume.clusterCount) clusters"), "\(check.outputText)")
        let info = try Tool.run("minfo", ["-i", path, "::"], environment: Self.environment).outputText
        #expect(info.contains("disk type=\"\(Self.name(volume.type))"), "\(info)")
        #expect(info.contains("disk label=\"EFI BOOT"))
        let serial = String(volume.serial, radix: 16, uppercase: true)
        #expect(info.contains("serial number: " + String(repeating: "0", count: 8 - serial.count) + serial))
        try FileManager.default.createDirectory(
            atPath: "\(directory.path)/out", withIntermediateDirectories: true)
        try Tool.run(
            "mcopy", ["-s", "-m", "-n", "-i", path, "::*", "\(directory.path)/out/"],
            environment: Self.environment)
        for file in Volume.samples {
            let copied = try directory.read("out/\(file.path.text)")
            #expect(ExtentMap(.bytes(ByteString(copied))).identity == file.contents.identity, "\(file.path)")
            let attributes = try FileManager.default.attributesOfItem(
                atPath: "\(directory.path)/out/\(file.path.text)")
            #expect((attributes[.modificationDate] as? Date)?.timeIntervalSince1970 == 1_500_000_000)
        }
        let count = try FileManager.default.subpathsOfDirectory(atPath: "\(directory.path)/out").count
        #expect(count == Volume.samples.count + 5)
    }

    private static func name(_ type: FATType) -> String {
        switch type {
        case .fat12: "FAT12"
        case .fat16: "FAT16"
        case .fat32: "FAT32"
        }
    }

    @Test(
        "What mkfs.fat and mcopy wrote, our reader reads",
        .enabled(if: Tool.available("mkfs.fat", "mcopy", "mattrib"), "dosfstools or mtools is not installed"),
        arguments: [["-F", "12"], ["-F", "16"], ["-F", "32", "-s", "1"], ["-F", "16", "-S", "2048"]])
    func read(_ arguments: [String]) throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("volume", "")
        let size: UInt64 = arguments[1] == "12" ? 4 << 20 : arguments.last == "2048" ? 64 << 20 : 40 << 20
        #expect(truncate(path, Int(size)) == 0)
        try Tool.run("mkfs.fat", arguments + ["-n", "OTHERS", path], environment: Self.environment)
        for file in Volume.samples {
            guard case .bytes(let contents)? = file.contents.extents.first?.source else {
                try directory.write("in/\(file.path.text)", "")
                continue
            }
            try directory.write("in/\(file.path.text)", contents)
        }
        // Chains that are not contiguous: a file is written where others were removed.
        for index in 0..<20 { try directory.write("in/piece\(index)", Volume.pattern(5000)) }
        // mcopy finds no room for the longest name where the root's first cluster is partly in use.
        let inputs = try directory.list("in").sorted { $0.count > $1.count }.map {
            "\(directory.path)/in/\($0)"
        }
        try Tool.run("mcopy", ["-s", "-i", path] + inputs + ["::"], environment: Self.environment)
        for index in stride(from: 0, to: 20, by: 2) {
            try Tool.run("mdel", ["-i", path, "::piece\(index)"], environment: Self.environment)
        }
        let scattered = Volume.pattern(400_000, 7)
        try directory.write("late", scattered)
        try Tool.run("mcopy", ["-i", path, "\(directory.path)/late", "::"], environment: Self.environment)
        try Tool.run("mattrib", ["+r", "-i", path, "::README.TXT"], environment: Self.environment)
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        let found = try Volume.read(bytes)
        #expect(try FATReader(ByteArrayAccess(bytes)).label() == "OTHERS")
        for file in Volume.samples {
            let (_, contents) = try #require(found.first { $0.0.path == file.path }, "\(file.path)")
            #expect(ExtentMap(.bytes(ByteString(contents))).identity == file.contents.identity)
        }
        #expect(found.first { $0.0.path == "late" }?.1 == scattered)
        #expect(found.first { $0.0.path == "README.TXT" }?.0.metadata.permissions == 0o555)
        #expect(found.count == 1 + Volume.samples.count + 5 + 10 + 1)
    }
}
